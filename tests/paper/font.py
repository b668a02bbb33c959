"""A Japanese font for the tests that print, and what reads print; on Debian and Ubuntu with root they are installed.

`python tests/paper/font.py` installs what is missing, and says what there is; without a font those tests are skipped,
and without Tesseract one engine reads alone.
"""

import os
import shutil
import subprocess

from gis_capture.errors import ResourceError
from gis_capture.paper.fonts import find_font
from gis_capture.paper.ledgers.engines import TesseractEngine

PACKAGES = ("fonts-noto-cjk", "tesseract-ocr", "tesseract-ocr-jpn")


def install() -> None:
    """Installs them from the distribution, where that is possible without asking."""
    if shutil.which("apt-get") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *PACKAGES]):
        subprocess.run(["apt-get", *arguments], env=environment, check=False, stdout=subprocess.DEVNULL)


def main() -> None:
    """Installs what is missing, prints what is there."""
    for _ in range(2):
        try:
            print(find_font())
            print(TesseractEngine().name)
            return
        except ResourceError as error:
            print(error.message.en, "-", *PACKAGES, "are installed where that is possible.")
            install()


if __name__ == "__main__":
    main()
