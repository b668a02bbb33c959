"""Looks at a screen for what can be told without eyes: cut text, small or covered buttons, blank maps."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

MINIMUM_TARGET_PX = 44
# A blank map has one or two colours; edges of a single marker already make more.
MINIMUM_COLOURS = 12

_LOOK = (Path(__file__).parent / "layout.js").read_text(encoding="utf-8")


def look_at(page: Page) -> list[str]:
    """Gives what is wrong with the layout of a screen, in sentences."""
    found: list[str] = page.evaluate(_LOOK, MINIMUM_TARGET_PX)
    return found


def is_blank(part: Locator) -> bool:
    """True where next to nothing is drawn."""
    with Image.open(io.BytesIO(part.screenshot())) as picture:
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 24)
    return len(colours or ()) < MINIMUM_COLOURS
