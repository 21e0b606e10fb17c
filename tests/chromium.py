"""Find the browser of the browser tests; `python -m tests.chromium` installs one where that is possible."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HELP = (
    "The browser tests need Chromium. Install it with `sudo apt-get install chromium` (Debian, Ubuntu) or "
    "`.venv/bin/playwright install --with-deps chromium`, or name one: CHROMIUM=/path/to/chromium make test"
)


def find_chromium() -> str | None:
    """Return the path of a Chromium: the one named, the system's, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    found = named or next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    return found or _find_playwrights()


def install_chromium() -> bool:
    """Try Playwright's own download; tell whether it worked."""
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    return subprocess.run(command, check=False, timeout=600).returncode == 0


def _find_playwrights() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    if not find_chromium() and not (install_chromium() and find_chromium()):
        sys.exit(HELP)
