"""What rows say of their addresses, compared as it is written: the gazetteer may know the towns or not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gis_capture.locate.addresses import PLACED_LEVELS, Addresses, address_texts
from gis_capture.locate.gazetteer import Match
from gis_capture.locate.gazetteer.folding import Folded
from gis_capture.locate.layouts import Columns

_NUMBERS = re.compile("(?:[^0-9ァ-ヶぁ-ん一-龥]|番地?|ノ)*([0-9]+)")
# Behind block and house there are rooms.
_MOST_NUMBERS = 2
_CHOME = re.compile("([一二三四五六七八九十]+)丁目")
_KANJI = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Written:
    """Addresses of rows; sequences are parallel to them.

    Attributes:
        texts: As written; "" = none.
        matches: What the gazetteer makes of them; () where there is none.
    """

    texts: Sequence[str]
    matches: Sequence[Match | None] = ()

    def n_places(self, rows: Sequence[int]) -> int | None:
        """How many different places some rows name; None where not all of them name one that can be compared.

        A lot within a lot (12 and 12-3), or a town without a lot, is no other place. Addresses that the gazetteer does
        not know are compared among themselves, as they are written.
        """
        unknown = [row for row in rows if self.texts[row] and self.matches and self.matches[row] is None]
        if len(unknown) > 1:
            n_unknown = Written(self.texts).n_places(unknown) or 0
            n_known = self.n_places([row for row in rows if row not in unknown]) or 0
            return max(n_unknown, n_known) if max(n_unknown, n_known) > 1 else None
        keys = {self._key(row) for row in rows}
        places: list[tuple[str, tuple[str, ...]]] = []
        for key in sorted((key for key in keys if key), key=lambda key: (len(key[0]), len(key[1])), reverse=True):
            if not any(_may_be(key, other) for other in places):
                places.append(key)
        return None if None in keys and len(places) < 2 else len(places)

    def _key(self, row: int) -> tuple[str, tuple[str, ...]] | None:
        if not self.texts[row]:
            return None
        if not self.matches:
            text = _CHOME.sub(lambda chome: f"{_arabic(chome[1])}-", Folded(self.texts[row]).text)
            town = re.split("[0-9]", text, maxsplit=1)[0]
            rest = text[len(town) :]
            return (town, _numbers(rest, _MOST_NUMBERS + 1)) if town else None
        match = self.matches[row]
        if match is None or match.level not in PLACED_LEVELS:
            return None
        return match.name, _numbers(Folded(match.tail).text, _MOST_NUMBERS)


def written_addresses(columns: Columns, addresses: Addresses | None) -> Written | None:
    """What the rows of a table say of their addresses; None where they have none."""
    if addresses:
        return Written(addresses.texts, addresses.matches)
    texts = address_texts(columns)
    return Written(texts) if any(texts) else None


def _may_be(one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> bool:
    n_shared = min(len(one[1]), len(other[1]))
    return (one[0].startswith(other[0]) or other[0].startswith(one[0])) and one[1][:n_shared] == other[1][:n_shared]


def _numbers(text: str, n_most: int) -> tuple[str, ...]:
    """The numbers that a text begins with, joined by 番地, ノ and dashes."""
    numbers: list[str] = []
    end = 0
    while len(numbers) < n_most and (found := _NUMBERS.match(text, end)):
        numbers.append(found[1])
        end = found.end()
    return tuple(numbers)


def _arabic(kanji: str) -> int:
    tens, _, ones = kanji.rpartition("十")
    return 10 * (_KANJI.index(tens) if tens else 1) * ("十" in kanji) + (_KANJI.index(ones) if ones else 0)
