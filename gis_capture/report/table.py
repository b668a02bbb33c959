"""A layer as a CSV file that opens rightly in Excel."""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

import shapely

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.model import Feature, Layer, Problem, Text, Value

ENCODINGS = ("utf-8-sig", "cp932")
_BATCH = 1_000
CHARACTERS_LOST = "characters_not_in_encoding"
GETA = "〓"
"""The printers' sign for a character that is not at hand."""

# Unicode and Windows-31J disagree on which of two look-alikes these bytes are; Windows shows the right-hand one.
_LOOK_ALIKES = str.maketrans("〜−—‖¢£¬", "～－―∥￠￡￢")
_SELECTORS = re.compile("([^\ufe00-\ufe0f\U000e0100-\U000e01ef])[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠].")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(slots=True)
class Writer:
    """Writes rows in one encoding and counts what it cannot hold."""

    encoding: str
    n_lost: int = 0

    def cell(self, value: Value) -> str:
        """Gives a value as the text of a cell."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        return neutral(self._encodable(value)) if isinstance(value, str) else repr(value)

    def _encodable(self, text: str) -> str:
        if self.encoding != "cp932":
            return text
        text = text.translate(_LOOK_ALIKES)
        try:
            text.encode("cp932")
        except UnicodeEncodeError:
            text, n_variants = _SELECTORS.subn(r"\1", text)
            kept = "".join(character if _is_in_cp932(character) else GETA for character in text)
            self.n_lost += n_variants + sum(old != new for old, new in zip(text, kept, strict=True))
            return kept
        return text

    def problems(self) -> tuple[Problem, ...]:
        """Says what was lost, if anything."""
        if not self.n_lost:
            return ()
        return (
            Problem(
                CHARACTERS_LOST,
                "warning",
                Text(
                    f"Shift_JIS(cp932)にない文字が{self.n_lost:,}字あり、「{GETA}」または異体字でない形にしました。",
                    f"{self.n_lost:,} characters are not in cp932; each became {GETA} or lost its variant.",
                ),
                Text("すべての文字を残すには UTF-8 で書き出してください。", "Export as UTF-8 to keep them."),
            ),
        )


def neutral(text: str) -> str:
    """Puts an apostrophe before what Excel would run as a formula; plain numbers and lone signs stay.

    Source:
        OWASP, CSV Injection: = + - @ tab and carriage return, and their full-width forms.
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def write_csv(
    file: TextIO, layer: Layer, features: Iterable[Feature], *, encoding: str
) -> tuple[int, tuple[Problem, ...]]:
    """Writes one row per feature under the Japanese titles of the fields.

    The last columns are 経度 and 緯度 (EPSG:4326; of lines and areas a point on them), WKT for lines and areas,
    and feature_id.

    Returns:
        The number of features, and what could not be written as it is.
    """
    writer = Writer(encoding)
    rows = csv.writer(file, lineterminator="\r\n")
    is_plain = layer.geometry_type == "Point"
    places = ["経度", "緯度"] if is_plain else ["経度", "緯度", "図形(WKT)"]
    rows.writerow(
        [writer.cell(title) for title in (*(field.title.ja for field in layer.fields), *places, "feature_id")]
    )
    n_features = 0
    remaining = iter(features)
    while batch := list(islice(remaining, _BATCH)):
        n_features += len(batch)
        for feature, place in zip(batch, _places(batch, layer, is_plain=is_plain), strict=True):
            values = [writer.cell(feature.fields.get(field.name)) for field in layer.fields]
            rows.writerow([*values, *place, feature.feature_id])
    return n_features, writer.problems()


def _places(features: Sequence[Feature], layer: Layer, *, is_plain: bool) -> Iterator[tuple[str, ...]]:
    """Gives longitude, latitude and, where it says more, the geometry itself; empty where there is none."""
    geometries = to_lon_lat([feature.geometry for feature in features], layer.crs)
    positions = geometries if is_plain else shapely.point_on_surface(geometries)
    columns = [
        ["" if math.isnan(degrees) else repr(degrees) for degrees in ordinates.tolist()]
        for ordinates in (shapely.get_x(positions), shapely.get_y(positions))
    ]
    if not is_plain:
        columns.append([text or "" for text in shapely.to_wkt(geometries, rounding_precision=-1)])
    return zip(*columns, strict=True)


def _is_in_cp932(character: str) -> bool:
    try:
        return bool(character.encode("cp932"))
    except UnicodeEncodeError:
        return False
