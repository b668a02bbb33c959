"""Which columns of a table hold the addresses of its things, in full or in parts, and the addresses put together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gis_capture.locate.layouts import Columns
from gis_capture.locate.words import fold_header

_ADDRESS = re.compile("住所|所在地|所在|address|設置場所|場所|位置|[箇個ヶケ]所|現地|設置先|(?:対象|申請|占用|施工)地")
_OTHER = re.compile(
    "コード|番号|メール|mail|url|〒|郵便|方書|緯|経|種別|区分|名称|カナ|英[語字]|建物|連絡先|id$|都道府県|市区町村|町字|番地以下"
)
# Where a person lives is not where their lamp, well or land is.
_PERSON = re.compile(
    "所有者|所有権|申請|届出者|届出人|届け出|納税|納付|義務者|管理者|管理人|占有|占用者|使用者|契約|代表者|権利者|地権者|送付|通知先|請求先|連絡"
    "|会長|理事長|組合長|請負|自宅|法人|事業者|本籍|勤務先|本社|本店|施工(?!場所|[箇個ヶケ]所|地)|業者|受注|発注|世帯主|保護者|相続|担当|氏名|名義|借主|貸主|借受|依頼|設置者|開設者|寄付|寄附|owner|applicant"
)
_FULL = re.compile("連結|住所|所在地|address")
_PREFIX = "(?:(?:所在地?|住所|設置場所|場所|土地)[._・のノ]?)?"
_PARTS: Mapping[str, re.Pattern[str]] = {
    part: re.compile(f"{_PREFIX}(?:{words})")
    for part, words in {
        "prefecture": "都道府県名?",
        "city": "市区町村名?|市町村名?",
        "ward": "(?:行政)?区名?",
        "former": "旧市町村名?|旧町村名?|地区名?|地域名?",
        "town": "大字名?|大字町名|町字名?|町名|町丁名?|町丁字名?|町大字名?|大字・町名?|町内会名?|自治会名?",
        "place": "所在地?|土地の所在",
        "koaza": "字名?|小字名?",
        "chome": "丁目名?",
        "lot": "地番|番地|番地以下|番地等|本番|番",
        "branch": "枝番|支番",
        "house": "号",
    }.items()
}
_NUMBER = re.compile("[0-9０-９]+")
_UNITS = {"chome": "丁目", "house": "号"}
_LOT_IN_CELL = re.compile("[0-9０-９]")
_FEW = 0.3
_MOST = 0.8


@dataclass(frozen=True, slots=True)
class AddressColumns:
    """Columns that say where the rows are.

    Attributes:
        names: In the order of an address.
        parts: What each is of it; () = an address in full.
    """

    names: tuple[str, ...]
    parts: tuple[str, ...] = ()

    def texts(self, columns: Columns) -> list[str]:
        """The addresses as they stand there; "" = none."""
        if len(self.names) == 1:
            return [(text or "").strip() for text in columns[self.names[0]]]
        parts = self.parts or ("",) * len(self.names)
        headers = [fold_header(name) for name in self.names]
        return [_joined(parts, headers, row) for row in zip(*(columns[name] for name in self.names), strict=True)]


def is_of_person(header: str) -> bool:
    """Whether a folded header is of a person or an office that has to do with the thing."""
    return _PERSON.search(header) is not None


def find_address_columns(columns: Columns) -> list[AddressColumns]:
    """Lists the columns that may hold the addresses of the things, the likeliest first."""
    folded = {name: text for name in columns if not is_of_person(text := fold_header(name))}
    whole = [name for name, text in folded.items() if _ADDRESS.search(text) and not _OTHER.search(text)]
    whole = _without_homes(list(columns), whole)
    # 所在地_連結表記 and 住所 say it in full; 設置場所 may say "in front of the school".
    whole.sort(key=lambda name: ("連結" not in folded[name], not _FULL.search(folded[name])))
    found = [AddressColumns((name,)) for name in whole]
    parts: dict[str, str] = {}
    for part, pattern in _PARTS.items():
        named = [name for name, text in folded.items() if pattern.fullmatch(text) and any(columns[name])]
        if named:
            # 所在地_町字 goes before 町字 of something else.
            parts[part] = max(named, key=lambda name: len(folded[name]))
    if "ward" in parts and not _are_wards(columns[parts["ward"]]):
        del parts["ward"]
    if "ward" in parts:
        found[:0] = [AddressColumns((parts["ward"], name), ("ward", "whole")) for name in whole]
    if "place" in parts and ("lot" not in parts or _says_lots(columns[parts["place"]])):
        del parts["place"]
    towns = parts.keys() & {"town", "place", "koaza"}
    if len(parts) < 2 or not (towns or {"city", "lot"} <= parts.keys()):
        return found or [AddressColumns((parts[part],)) for part in ("town", "koaza") if part in parts]
    if {"town", "place"} <= parts.keys():
        del parts["place"]
    # A 地区 may be a part of the name of a town, or only where the school is.
    ways = [parts, {part: name for part, name in parts.items() if part != "former"}] if "former" in parts else [parts]
    made = [AddressColumns(tuple(way.values()), tuple(way)) for way in ways if len(way) > 1]
    if not whole and len(towns) == 1 and "lot" not in parts:
        made += [AddressColumns((parts[part],)) for part in towns]
    return [*found, *made]


def _without_homes(names: Sequence[str], whole: Sequence[str]) -> list[str]:
    """Leaves out 住所 right behind 申請者 where another column says where the thing is: it is the applicant's."""
    homes = {
        name
        for before, name in pairwise(names)
        if fold_header(name) in ("住所", "所在地") and is_of_person(fold_header(before))
    }
    return [name for name in whole if name not in homes] or list(whole)


def _are_wards(cells: Sequence[str | None]) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(cell.strip().endswith("区") for cell in filled) > _MOST * len(filled)


def _says_lots(cells: Sequence[str | None]) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(bool(_LOT_IN_CELL.search(cell)) for cell in filled) > _FEW * len(filled)


def _joined(parts: Sequence[str], headers: Sequence[str], row: Sequence[str | None]) -> str:
    """Puts the parts of an address together; bare numbers get the word that their header says."""
    text = ""
    for number, (part, header, cell) in enumerate(zip(parts, headers, row, strict=True), 1):
        word = (cell or "").strip()
        if part == "ward" and word and any(word in (other or "") for other in row[number:]):
            continue
        if _NUMBER.fullmatch(word):
            if part == "branch":
                word = f"-{word}"
            elif part == "lot":
                word += "番" * header.endswith("番")
                # No number runs into the one before it.
                word = "-" * text[-1:].isdigit() + word
            else:
                word += _UNITS.get(part, "")
        text += word
    return text
