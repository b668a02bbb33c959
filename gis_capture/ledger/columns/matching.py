"""Finds the field of each column by its header: as it stands, by alias, folded, without brackets, and with a typo."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rapidfuzz.distance import OSA, Levenshtein

from gis_capture.errors import FieldError
from gis_capture.ledger.table import Column, Table
from gis_capture.ledger.values.folding import fold, fold_header, without_brackets
from gis_capture.ledger.values.units import are_convertible, unit_of_header
from gis_capture.model import Field, Layer, Text

How = Literal["given", "exact", "alias", "folded", "fuzzy"]

GENERIC_KEY = "generic"
"""Key of the layer definition after which ledgers that nobody defined get layers of their own."""

_NAME = "name"
_ROUTE_NAME = re.compile(r"(?:路線|河川|水系)名称?$")
_OF_SOMETHING_ELSE = re.compile(
    r"(?:町|字|丁目|区|市|村|県|(?:大|小|所在)地|者|人|氏|姓|担当|課|係|部|所属|団体|分団|会|会社|組合|職|代表|"
    r"英|略|別|旧|通|俗|^学|ファイル|写真|画像|図面|シート|表|列|項目|様式|資料|種|種類|品|型|工|工事|事業|"
    r"最寄.*|交差点|分類|区分)名称?$"
)

# One of these more, less or instead is another meaning, not a typo: 男/女, 和/洋, 開始/終了, 年/月, 一/二, 有/無.
_DISTINCT = frozenset(
    "男女和洋大小上下左右東西南北新旧前後内外始終起有無非不未高低縦横開閉緯経長短入出昼夜甲乙正副親子父母"
    "年月日度時分秒数率額量名者先一ニミ四五六七ハ九十第最初総合計"
)
_AND_SO_ON = re.compile("(?:等|など)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A column and its field; `score` is 1 for certain and at least 0.6."""

    column: str
    field: str
    score: float
    how: How


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """What the columns of a table are in a layer; every field at most once.

    Attributes:
        matches: In the order of the columns.
        unmatched: Names of the columns without a field.
    """

    matches: tuple[Match, ...]
    unmatched: tuple[str, ...]

    @property
    def fields(self) -> dict[str, str]:
        """Field name by column name."""
        return {match.column: match.field for match in self.matches}


class _Candidate(NamedTuple):
    score: float
    column: str
    field: str
    how: How


def match_columns(table: Table, layer: Layer, *, given: Mapping[str, str | None] | None = None) -> ColumnMatch:
    """Matches the columns of a table with the fields of a layer.

    Args:
        table: A column without any value yields to one with values that matches as well.
        layer: Whose fields to find.
        given: Field names by column name that a person chose; None = leave the column out. They come before all.

    Raises:
        FieldError: `given` names a column or field that is not there, or a field twice.
    """
    chosen = {column: _given(column, field) for column, field in _checked(given or {}, table, layer).items() if field}
    free = [column for column in table.columns if column.name not in (given or {})]
    empty = {column.name for column, texts in zip(table.columns, table.values, strict=True) if not any(texts)}
    candidates = list(_named(free, layer))
    if layer.key == GENERIC_KEY:
        candidates += _naming(free)
    named = {candidate.column for candidate in candidates}
    candidates += _misspelled([column for column in free if column.name not in named], layer)
    taken = {match.field for match in chosen.values()}
    for score, column, field, how in sorted(candidates, key=lambda c: -(c.score - 0.3 * (c.column in empty))):
        if column not in chosen and field not in taken:
            chosen[column] = Match(column, field, score, how)
            taken.add(field)
    return ColumnMatch(
        matches=tuple(chosen[column.name] for column in table.columns if column.name in chosen),
        unmatched=tuple(column.name for column in table.columns if column.name not in chosen),
    )


def _given(column: str, field: str) -> Match:
    return Match(column, field, 1.0, "given")


def _checked(given: Mapping[str, str | None], table: Table, layer: Layer) -> Mapping[str, str | None]:
    names = {column.name for column in table.columns}
    for name in given:
        if name not in names:
            message = Text(f"表に「{name}」という列はありません。", f'The table has no column "{name}".')
            raise FieldError(message, layer=layer.key, column=name)
    for field, n in Counter(field for field in given.values() if field).items():
        layer.field(field)
        if n > 1:
            message = Text(f"項目「{field}」に列が{n}つ指定されています。", f'Field "{field}" is given {n} columns.')
            raise FieldError(message, layer=layer.key, field=field)
    return given


def _named(columns: list[Column], layer: Layer) -> Iterator[_Candidate]:
    """Everything but typos. Later spellings of a field, and weaker likeness, score less."""
    bare = Counter(fold_header(without_brackets(column.name)) for column in columns)
    child = Counter(fold_header(column.name.rpartition("/")[2]) for column in columns)
    index: list[dict[str, tuple[str, float, How]]] = [{}, {}, {}]
    for field in layer.fields:
        for rank, (spelling, how) in enumerate(_spellings(field)):
            penalty = min(rank, 40) * 0.0005
            for keys, key in zip(index, (spelling, fold(spelling), fold_header(spelling)), strict=True):
                if key and (key not in keys or penalty < keys[key][1]):
                    keys[key] = (field.name, penalty, how)
    exact, folded, loose = index
    unit_of = {field.name: field.unit for field in layer.fields}
    for column in columns:
        unit = unit_of_header(column.name)
        bare_key = fold_header(without_brackets(column.name))
        child_key = fold_header(column.name.rpartition("/")[2])
        attempts: tuple[tuple[float, dict[str, tuple[str, float, How]], str], ...] = (
            (1.0, exact, column.name),
            (1.0, exact, column.header),
            (0.95, folded, fold(column.name)),
            (0.95, folded, fold(column.header)),
            (0.92, loose, fold_header(column.name)),
            (0.92, loose, fold_header(column.header)),
            (0.88, loose, bare_key if bare[bare_key] == 1 else ""),
            # 施設名等, 所在地など.
            (0.87, loose, _AND_SO_ON.sub("", bare_key)),
            (0.85, loose, child_key if child[child_key] == 1 else ""),
        )
        for score, keys, key in attempts:
            if key not in keys:
                continue
            field_name, penalty, how = keys[key]
            # 広さ（メートル） is no area in m².
            if are_convertible(unit, unit_of[field_name]) is not False:
                found_how: How = how if keys is exact else "folded"
                yield _Candidate(score - penalty - 0.02 * (how == "alias"), column.name, field_name, found_how)


def _naming(columns: list[Column]) -> Iterator[_Candidate]:
    """The name of the thing itself (橋梁名, 公園名称) before that of its road (路線名); never 町名 or 所有者名."""
    for column in columns:
        header = without_brackets(column.name.rpartition("/")[2]).strip()
        if _ROUTE_NAME.search(header):
            yield _Candidate(0.7, column.name, _NAME, "folded")
        elif re.search(r".名称?$", header) and not _OF_SOMETHING_ELSE.search(header):
            yield _Candidate(0.8, column.name, _NAME, "folded")


def _spellings(field: Field) -> Iterator[tuple[str, How]]:
    yield field.title.ja, "exact"
    yield field.name, "exact"
    yield field.title.en, "exact"
    for alias in field.aliases:
        yield alias, "alias"


def _misspelled(columns: list[Column], layer: Layer) -> Iterator[_Candidate]:
    spellings = {fold_header(spelling): field.name for field in layer.fields for spelling, _how in _spellings(field)}
    for column in columns:
        key = fold_header(column.name)
        allowed = 0 if len(key) < 5 else 1 if len(key) < 9 else 2
        if not allowed:
            continue
        for spelling, field in spellings.items():
            if len(spelling) < 5 or OSA.distance(key, spelling, score_cutoff=allowed) > allowed:
                continue
            if _is_typo(key, spelling):
                yield _Candidate(0.8 * OSA.normalized_similarity(key, spelling), column.name, field, "fuzzy")


def _is_typo(written: str, meant: str) -> bool:
    changed = {
        letter
        for edit in Levenshtein.editops(written, meant)
        for letter in (
            written[edit.src_pos] if edit.tag != "insert" else "",
            meant[edit.dest_pos] if edit.tag != "delete" else "",
        )
    } - {""}
    is_ascii = written.isascii()
    return not any(letter in _DISTINCT or letter.isdigit() or (letter.isascii() and not is_ascii) for letter in changed)
