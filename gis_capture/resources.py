"""Finds the layer definitions, the sample data and the built web app, packaged or in the checkout."""

from pathlib import Path

from gis_capture.errors import ResourceError
from gis_capture.text import Text

PACKAGE_DIR = Path(__file__).resolve().parent
CHECKOUT_DIR = PACKAGE_DIR.parent


def layers_dir() -> Path:
    """The folder of layer definitions."""
    return _find("layers", CHECKOUT_DIR / "layers")


def sample_data_dir() -> Path:
    """The folder of sample ledgers."""
    return _find("sample_data", CHECKOUT_DIR / "sample_data")


def static_dir() -> Path:
    """The folder of the built web app."""
    return _find("static", CHECKOUT_DIR / "web" / "dist")


def leaflet_dir() -> Path:
    """The folder of Leaflet, which the web app's build puts beside it."""
    return static_dir() / "leaflet"


def _find(packaged_name: str, in_checkout: Path) -> Path:
    for candidate in (PACKAGE_DIR / packaged_name, in_checkout):
        if candidate.is_dir():
            return candidate
    raise ResourceError(
        Text(
            f"「{in_checkout}」がありません。「just web」を実行するか、パッケージを入れ直してください。",
            f'"{in_checkout}" is missing: run "just web", or install the package again.',
        ),
        path=in_checkout,
    )
