"""Finds a font with Japanese letters on this computer; none is part of the package."""

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from gis_capture.errors import ResourceError
from gis_capture.text import Text

VARIABLE = "GIS_CAPTURE_FONT"
# In the order of liking; the first face of each collection is the Japanese one.
_NAMES = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKjp-Regular.otf",
    "NotoSansJP-Regular.ttf",
    "BIZ-UDGothicR.ttc",
    "YuGothM.ttc",
    "meiryo.ttc",
    "msgothic.ttc",
    "ipaexg.ttf",
    "ipag.ttf",
    "TakaoPGothic.ttf",
    "VL-Gothic-Regular.ttf",
    "ヒラギノ角ゴシック W3.ttc",
)


def find_font() -> Path:
    """Gives the file of a Japanese font.

    Raises:
        ResourceError: There is none.
    """
    found = _find(os.environ.get(VARIABLE, ""))
    if found is None:
        raise ResourceError(
            Text(
                "日本語のフォントが見つかりません。Debian・Ubuntu では apt install fonts-noto-cjk で入れるか、"
                f"フォントのファイル(.ttf .otf .ttc)を環境変数 {VARIABLE} で指定してください。",
                "There is no Japanese font on this computer: install one (Debian, Ubuntu: apt install fonts-noto-cjk), "
                f"or name a font file (.ttf .otf .ttc) in the variable {VARIABLE}.",
            ),
            code="font_missing",
        )
    return found


@lru_cache(1)
def _find(named: str) -> Path | None:
    if named:
        return Path(named) if Path(named).is_file() else None
    by_name = {path.name: path for folder in _folders() for path in folder.rglob("*.[to]t[fc]")}
    return next((by_name[name] for name in _NAMES if name in by_name), None)


def _folders() -> Iterator[Path]:
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
    elif sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"))
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
