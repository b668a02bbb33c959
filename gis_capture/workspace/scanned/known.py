"""What an office knows, against which the values of its scanned ledgers are checked."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gis_capture.errors import CaptureError
from gis_capture.locate.gazetteer import Gazetteer
from gis_capture.locate.gazetteer.extract import extract_towns
from gis_capture.model import Layer
from gis_capture.paper.ledgers.checks import Known

_MOST_TOWNS = 20_000
_CHOME = re.compile("[一二三四五六七八九](?=丁目)")


def known_of(layers: Iterable[Layer], gazetteer: Path, city: str) -> Known:
    """Titles and allowed values of the layers, and the towns of the office's own city.

    Args:
        layers: Those that ledgers may become.
        gazetteer: Of the workspace; it need not be there.
        city: Of the office; without one no towns are known, as those of all Japan would confirm anything.
    """
    words: dict[str, None] = {}
    for layer in layers:
        for field in layer.fields:
            words |= dict.fromkeys((field.title.ja, *field.aliases))
            for code in field.domain.codes if field.domain else ():
                words |= dict.fromkeys((code.code, code.title.ja, *code.aliases))
    return Known(tuple(_towns(gazetteer, city)), tuple(filter(None, words)))


def _towns(path: Path, city: str) -> list[str]:
    if not city or not path.is_file():
        return []
    # A gazetteer that cannot be read is told where addresses are looked up; paper is read without it.
    with suppress(CaptureError), Gazetteer(path, home=city) as gazetteer:
        box = gazetteer.area_of(gazetteer.home)
        if box is not None:
            of_city = [
                town.name
                for town in extract_towns(path, box, n_towns=_MOST_TOWNS, n_lots=0)
                if gazetteer.home.endswith(town.city) or town.city.endswith(gazetteer.home)
            ]
            written = [*of_city, *(_CHOME.sub(_digit, name) for name in of_city if "丁目" in name)]
            return [*written, *(gazetteer.home + name for name in written)]
    return []


def _digit(numeral: re.Match[str]) -> str:
    return str("一二三四五六七八九".index(numeral[0]) + 1)
