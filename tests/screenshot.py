"""`make screenshot`: the picture of the home page in the README, taken from the built site."""

import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import HELP, find_chromium

TARGET = Path(__file__).resolve().parents[1] / "site_src" / "assets" / "home-light.png"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class _Silent(SimpleHTTPRequestHandler):
    """Serves files without a line for each."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def take_screenshot(site: Path, target: Path = TARGET) -> None:
    """Write a picture of the built site's first screen, 1,280 by 800 pixels, light."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(target))
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    if not find_chromium():
        sys.exit(HELP)
    take_screenshot(Path(sys.argv[1]))
