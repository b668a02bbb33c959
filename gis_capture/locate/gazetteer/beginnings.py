"""Where an address may begin behind other words."""

import re
from collections.abc import Iterator

_LEAD = re.compile(
    "(?:日本国?|JAPAN|JP|[①-⑳●○◎・※*]|[0-9]{1,3}[.)、]|(?:[^0-9:]{0,8}(?:住所|場所|所在地?))?:|(?:所在地|住所|場所)(?=.*[都道府県市区町村])|"
    "[市区町村]内|自|[([〔【][^()]{0,12}?[])〕】]|[,、]|〒?[0-9]{3}-?[0-9]{4}(?![0-9]))+",
    re.IGNORECASE,
)
_BRACKET = re.compile("[^0-9([〔【]*[([〔【]")
# 市内一円 is all of the city, and not 一円 of another one.
_EVERYWHERE = re.compile("(?:一円|全域|全般|全体|各所|各地|地内|内)?(?:[(（].*)?")

_NO_PLACE = re.compile("一円|全域|全般|全体|各所|各地|地内|(?:国|県|府|道|都|市|町|村|農|林)道")


def names_no_place(text: str) -> bool:
    """Whether a folded text is a word for all of a city or a kind of road: some towns are called so, too."""
    return _NO_PLACE.fullmatch(text) is not None


def other_starts(text: str) -> Iterator[tuple[int, bool]]:
    """Where an address may begin behind words that are none, and whether nothing is lost by leaving them out.

    所在地：高山市…, (旧)高山市…, 日本、〒506-8555…; 高山市役所(花岡町2-18) says the place in brackets.
    """
    if (lead := _LEAD.match(text)) and lead.end() and not _EVERYWHERE.fullmatch(text, lead.end()):
        yield lead.end(), True
    if bracket := _BRACKET.match(text):
        yield bracket.end(), False
