"""Finds a Chromium for the end-to-end tests; on Debian and Ubuntu with root it installs one.

`python tests/e2e/browser.py` prints its path, or says what to install and exits with 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
OTHER_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# The third makes it trust a certificate; the last two are the engine of Safari, and a screen for it.
PACKAGES = ("chromium", "fonts-noto-cjk", "libnss3-tools", "webkit2gtk-driver", "xvfb")
TOOLS = ("certutil", "WebKitWebDriver", "xvfb-run")
HELP = (
    "The end-to-end tests need a browser: install Google Chrome, Chromium or Microsoft Edge, "
    "or name one in GIS_CAPTURE_BROWSER. On Debian or Ubuntu: apt-get install " + " ".join(PACKAGES)
)


def find_browser() -> str | None:
    """Gives the path of an installed Chromium, Chrome or Edge."""
    candidates = (os.environ.get("GIS_CAPTURE_BROWSER"), *map(shutil.which, NAMES), *OTHER_PLACES)
    return next((path for path in candidates if path and Path(path).exists()), None)


def install_browser() -> None:
    """Installs Chromium and Japanese fonts from the distribution, where that is possible without asking."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", *PACKAGES]):
        subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)


def has_japanese_font() -> bool:
    """True where the system can tell, and knows a font for Japanese."""
    if shutil.which("fc-list") is None:
        return True
    return bool(subprocess.run(["fc-list", ":lang=ja"], capture_output=True, check=False).stdout)


def main() -> None:
    """Installs what is missing, prints what is there."""
    if find_browser() is None or not has_japanese_font() or not all(map(shutil.which, TOOLS)):
        install_browser()
    browser = find_browser()
    if browser is None:
        sys.exit(HELP)
    print(browser)


if __name__ == "__main__":
    main()
