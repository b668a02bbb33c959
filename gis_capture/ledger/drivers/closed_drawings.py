"""Drawings whose format only its own program reads: JWW, JWC, DWG, DGN. They are refused with the way out."""

from gis_capture.errors import SourceError
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.opening import Opened
from gis_capture.ledger.table import Reading
from gis_capture.text import Text

_KINDS = (
    (
        b"JwwData",
        Text(
            "Jw_cadの図面（JWW）です。Jw_cadで開き、「ファイル」の「SFC形式で保存」か「DXF形式で保存」で保存したものを読み込んでください。",
            "a drawing of Jw_cad (JWW). Open it there, save it as SFC or DXF from the File menu, and read that.",
        ),
    ),
    (
        b"JWC",
        Text(
            "旧JW_CADの図面（JWC）です。Jw_cadで開き、「ファイル」の「SFC形式で保存」か「DXF形式で保存」で保存したものを読み込んでください。",
            "a drawing of the old JW_CAD (JWC). Open it in Jw_cad, save it as SFC or DXF, and read that.",
        ),
    ),
    (
        b"AC10",
        Text(
            "CADの図面（DWG）です。CADで開き、「名前を付けて保存」でDXF形式にしたものを読み込んでください。",
            "a drawing in DWG. Open it in its CAD program, save it as DXF, and read that.",
        ),
    ),
    (
        b"\x08\x09\xfe\x02",
        Text(
            "MicroStationの図面（DGN）です。DXF形式に書き出したものを読み込んでください。",
            "a drawing of MicroStation (DGN). Export it as DXF, and read that.",
        ),
    ),
)


def accepts(opened: Opened) -> bool:
    """Whether the first bytes are those of such a drawing."""
    return _kind(opened) is not None


def _kind(opened: Opened) -> Text | None:
    found = next(((magic, kind) for magic, kind in _KINDS if opened.head.startswith(magic)), None)
    # Three letters are few: a text that happens to begin with them is none.
    return None if found is None or (found[0] == b"JWC" and opened.suffix != ".jwc") else found[1]


def read(opened: Opened) -> Reading:
    """Raises SourceError, which says how to save the drawing so that it can be read."""
    kind = _kind(opened) or Text("", "")
    version = _jww_version(opened.head)
    ja, en = (f"形式{version}の", f" (format {version})") if version else ("", "")
    name = opened.path.name
    raise SourceError(Text(f"「{name}」は{ja}{kind.ja}", f'"{name}"{en} is {kind.en}'), path=opened.path)


def _jww_version(head: bytes) -> str | None:
    """The version a JWW drawing states behind its mark: 600 is 6.00. Its bodies are unpublished for the most part."""
    if not head.startswith(b"JwwData.") or len(head) < 12:
        return None
    number = int.from_bytes(head[8:12], "little")
    return f"{number / 100:.2f}" if 100 <= number < 10_000 else None


DRIVER = Driver("closed-drawing", (".jww", ".jwc", ".dwg", ".dgn"), accepts, read)
