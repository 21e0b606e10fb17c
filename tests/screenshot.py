"""`make screenshot`: the picture of the home page in the README, taken from the built site."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import HELP, find_chromium
from tests.servers import serve_folder

TARGET = Path(__file__).resolve().parents[1] / "site_src" / "assets" / "home-light.png"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def take_screenshot(site: Path, target: Path = TARGET) -> None:
    """Write a picture of the built site's first screen, 1,280 by 800 pixels, light."""
    with serve_folder(site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=str(target))
        browser.close()


if __name__ == "__main__":
    if not find_chromium():
        sys.exit(HELP)
    take_screenshot(Path(sys.argv[1]))
