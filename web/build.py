"""Builds the web app into web/dist: "just web". Installs the pinned packages first when the lock file is newer."""

import subprocess
import sys
from pathlib import Path

WEB_DIR = Path(__file__).resolve().parent
LOCK = WEB_DIR / "package-lock.json"
INSTALLED = WEB_DIR / "node_modules" / ".package-lock.json"


def main() -> None:
    """Runs npm where the web app lives."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
        _npm("ci", "--no-audit", "--no-fund")
    _npm("run", "build")


def _npm(*arguments: str) -> None:
    subprocess.run(("npm", *arguments), cwd=WEB_DIR, check=True, shell=sys.platform == "win32")


if __name__ == "__main__":
    main()
