"""Photos with a position (EXIF GPS) as a ledger of points: name, time, height, direction, accuracy.

CIPA DC-008 (Exif 2.32), 4.6.6: GPS attributes. The datum counts: cameras once wrote TOKYO. HEIC files are looked
through for the same block of EXIF, so that no codec is needed; no picture is ever decoded.
"""

import math
import mmap
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis_capture.ledger import codes
from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.dbf import columns_of
from gis_capture.ledger.drivers.driver import Driver
from gis_capture.ledger.kinds import not_a_ledger
from gis_capture.ledger.opening import Opened
from gis_capture.ledger.table import Reading, Source, Table
from gis_capture.model import Problem
from gis_capture.text import Text

if TYPE_CHECKING:
    from PIL.Image import Exif

SUFFIXES = (".jpg", ".jpeg", ".jpe", ".heic", ".heif", ".tif", ".tiff")
COLUMNS = (
    "ファイル名",
    "撮影日時",
    "緯度",
    "経度",
    "標高",
    "方位",
    "方位の基準",
    "水平精度",
    "測地系",
    "測位日時",
    "機種",
)
_HEIC = re.compile(rb"....ftyp(?:hei[cxsm]|hev[cxsm]|mif1|msf1)", re.DOTALL)
_EXIF_BLOCK = re.compile(rb"Exif\0\0(?=II\*\0|MM\0\*)")
_MAX_EXIF_BYTES = 1 << 20
_MAX_PROBLEMS = 200
_DATUMS = {"WGS84": "EPSG:4326", "JGD2011": "EPSG:6668", "JGD2000": "EPSG:4612", "TOKYO": "EPSG:4301"}
KNOWN_DATUMS = re.compile("|".join(_DATUMS))
"""Names of datums that a photo's position is transformed from."""
_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")
_KINDS = (
    (b"\xff\xd8\xff", Text("位置情報のない画像（JPEG）", "a JPEG image without a position")),
    (b"II*\0", Text("位置情報のない画像（TIFF）", "a TIFF image without a position")),
    (b"MM\0*", Text("位置情報のない画像（TIFF）", "a TIFF image without a position")),
)
_OTHER_KIND = Text("位置情報のない画像（HEIC）", "a HEIC image without a position")


@dataclass(frozen=True, slots=True)
class Photo:
    """What a photo says of itself: texts by the names of `COLUMNS`; (lon, lat) or None, and the CRS of it."""

    texts: Mapping[str, str]
    position: tuple[float, float] | None
    crs: str


def accepts(opened: Opened) -> bool:
    """Whether the bytes begin as those of a photo."""
    return is_photo(opened.head)


def is_photo(head: bytes) -> bool:
    """Whether a file that begins so is JPEG, TIFF or HEIC."""
    return head.startswith(tuple(magic for magic, _ in _KINDS)) or _HEIC.match(head) is not None


def read(opened: Opened) -> Reading:
    """Reads one photo; raises SourceError for one that says neither where nor when it was taken: a scan, a drawing."""
    photo = read_photo(opened.path, opened.path.name)
    if photo.position is None and "撮影日時" not in photo.texts:
        kind = next((kind for magic, kind in _KINDS if opened.head.startswith(magic)), _OTHER_KIND)
        raise not_a_ledger(opened, kind)
    return reading_of_photos(opened.source("photos"), [photo])


def reading_of_photos(source: Source, photos: Iterable[Photo]) -> Reading:
    """Makes a table of photos, one for each datum; those without a position are rows too, and told."""
    groups: dict[str, list[Photo]] = {}
    without: list[Photo] = []
    for photo in photos:
        (without if photo.position is None else groups.setdefault(photo.crs, [])).append(photo)
    if not groups and not any("撮影日時" in photo.texts for photo in without):
        return Reading(source, ())
    # Photos that say when they were taken may find their place on a track.
    largest = max(groups, key=lambda crs: len(groups[crs]), default=_DATUMS["WGS84"])
    groups.setdefault(largest, [])
    groups[largest] += without
    problems = [_without_position(photo) for photo in without[:_MAX_PROBLEMS]]
    names = {crs: datum for datum, crs in _DATUMS.items()}
    suffixes = {crs: f" {names[crs]}" if len(groups) > 1 else "" for crs in groups}
    tables = [_table(source, crs, found, source.path.stem + suffixes[crs]) for crs, found in groups.items()]
    return Reading(source, tuple(tables), tuple(problems))


def _table(source: Source, crs: str, photos: list[Photo], name: str) -> Table:
    # Imported here: nothing else in this module needs it.
    from shapely import Point

    return Table(
        name=name,
        source=source,
        sheet=None,
        header_rows=(),
        columns=columns_of(COLUMNS),
        row_numbers=range(1, len(photos) + 1),
        values=tuple([photo.texts.get(name) for photo in photos] for name in COLUMNS),
        geometries=[None if photo.position is None else Point(photo.position) for photo in photos],
        crs=crs,
    )


def _without_position(photo: Photo) -> Problem:
    name = photo.texts["ファイル名"]
    return Problem(
        codes.PHOTO_WITHOUT_POSITION,
        "warning",
        Text(f"写真「{name}」には位置情報がありません。", f'The photo "{name}" holds no position.'),
        Text(
            "撮影時の軌跡（GPX）があれば取り込むときに添えるか（コマンドでは --track）、"
            "地図の上で位置を指定してください。図面を撮った写真は gis-capture raster add で地図の背景にできます。",
            "Add the track (GPX) of that time to the import (on the command line: --track), or place it on the map by "
            "hand. A photo of a drawing becomes a base map by gis-capture raster add.",
        ),
    )


def read_photo(path: Path, name: str) -> Photo:
    """Reads what a photo says; one that is broken says nothing but its name."""
    try:
        exif = _exif(path)
        camera, gps = exif.get_ifd(0x8769), exif.get_ifd(0x8825)
        return _photo(name, exif, camera, gps)
    except Exception:
        # Pillow raises what it likes for damaged blocks of EXIF; the photo is then one without a position.
        return Photo({"ファイル名": name}, None, _DATUMS["WGS84"])


def _exif(path: Path) -> "Exif":
    from PIL import Image

    with path.open("rb") as file:
        if _HEIC.match(file.read(32)) is None:
            file.seek(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with Image.open(file, formats=("JPEG", "MPO", "TIFF")) as image:
                    return image.getexif()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            block = _EXIF_BLOCK.search(data)
            raw = data[block.start() : block.start() + _MAX_EXIF_BYTES] if block else b""
    exif = Image.Exif()
    exif.load(raw)
    return exif


def _photo(name: str, exif: "Exif", camera: Mapping[int, Any], gps: Mapping[int, Any]) -> Photo:
    position = _position(gps)
    datum = _word(gps.get(18)).upper()
    texts = {
        "ファイル名": name,
        "撮影日時": _moment(_word(camera.get(0x9003)) or _word(exif.get(0x0132)), _word(camera.get(0x9011))),
        "緯度": f"{position[1]:.8f}".rstrip("0").rstrip(".") if position else "",
        "経度": f"{position[0]:.8f}".rstrip("0").rstrip(".") if position else "",
        "標高": _height(gps),
        "方位": _number(gps.get(17)),
        "方位の基準": {"T": "真北", "M": "磁北"}.get(_word(gps.get(16)), ""),
        "水平精度": _number(gps.get(31)),
        "測地系": datum if position else "",
        "測位日時": _fixed_at(gps),
        "機種": " ".join(word for word in (_word(exif.get(0x010F)), _word(exif.get(0x0110))) if word),
    }
    return Photo({key: text for key, text in texts.items() if text}, position, _crs(datum))


def _crs(datum: str) -> str:
    bare = re.sub(r"[^A-Z0-9]", "", datum)
    return next((crs for known, crs in _DATUMS.items() if known in bare), _DATUMS["WGS84"])


def _position(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    """(lon, lat) in degrees; a receiver without a fix writes nothing, NaN, or zeros."""
    found = []
    for value, sign, minus, most in ((gps.get(4), gps.get(3), "W", 180.0), (gps.get(2), gps.get(1), "S", 90.0)):
        parts = [float(part) for part in value] if isinstance(value, (tuple, list)) else []
        if not 1 <= len(parts) <= 3 or not all(map(math.isfinite, parts)):
            return None
        degrees = sum(part / 60**place for place, part in enumerate(parts))
        if not 0 <= degrees <= most:
            return None
        found.append(-degrees if _word(sign).upper() == minus else degrees)
    return (found[0], found[1]) if any(found) else None


def _height(gps: Mapping[int, Any]) -> str:
    text = _number(gps.get(6))
    below = gps.get(5) in (1, b"\x01", "1")
    return f"-{text}" if text and below and text != "0" else text


def _number(value: Any) -> str:
    if value is None:
        return ""
    number = float(value)
    return number_text(round(number, 3)) if math.isfinite(number) else ""


def _word(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "ignore")
    return value.split("\0")[0].strip() if isinstance(value, str) else ""


def _moment(text: str, offset: str) -> str:
    match = re.fullmatch(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d:\d\d(?::\d\d)?)", text)
    if match is None or match[1] == "0000":
        return ""
    return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}{offset if _OFFSET.fullmatch(offset) else ''}"


def _fixed_at(gps: Mapping[int, Any]) -> str:
    day = re.fullmatch(r"(\d{4})[:/-](\d\d)[:/-](\d\d)", _word(gps.get(29)))
    clock = gps.get(7)
    if day is None or not isinstance(clock, (tuple, list)) or len(clock) != 3:
        return ""
    hour, minute, second = (int(float(part)) for part in clock)
    return f"{day[1]}-{day[2]}-{day[3]}T{hour:02d}:{minute:02d}:{second:02d}Z"


DRIVER = Driver("photos", SUFFIXES, accepts, read)
