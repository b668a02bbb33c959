"""Installs QGIS with its Python from Debian, where it is missing and we may."""

import os
import shutil
import subprocess
import sys

PYTHON = os.environ.get("QGIS_PYTHON", "/usr/bin/python3")


def has_qgis() -> bool:
    """Whether the named Python knows QGIS."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [PYTHON, "-c", "import qgis.core"]
    try:
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def main() -> None:
    """Installs it, or says why not."""
    if has_qgis():
        return
    apt = shutil.which("apt-get")
    if apt is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        sys.exit("QGIS is missing: install it with its Python, and name that Python in QGIS_PYTHON.")
    subprocess.run([apt, "update"], check=True)
    install = [apt, "install", "-y", "--no-install-recommends", "python3-qgis", "qgis-providers"]
    subprocess.run(install, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    if not has_qgis():
        sys.exit(f"{PYTHON} does not find QGIS although it is installed.")


if __name__ == "__main__":
    main()
