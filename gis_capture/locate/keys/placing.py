"""Rows of a table placed by their keys: which columns hold them, and what each row finds."""

import re
from collections.abc import Callable, Mapping, Sequence

from gis_capture.locate.address_columns import is_of_person
from gis_capture.locate.keys.chainage import parse_station
from gis_capture.locate.keys.names import KeyIndex
from gis_capture.locate.keys.parcels import ParcelIndex
from gis_capture.locate.keys.routes import Routes
from gis_capture.locate.keys.values import KeyLayer, KeyPlaces, Miss, Place, joined
from gis_capture.locate.layouts import Columns
from gis_capture.locate.words import fold_header
from gis_capture.model.roles import Way

_LOT = re.compile("地番|筆番")
_TOWN = re.compile("大字|町名|町字|字名|丁目|小字|^字$|土地の所在|所在地?$")
_ADDRESS = re.compile("所在|住所|土地の表示")
_CODE = re.compile("コード|code|カナ|英字|種別|予備")
_ROUTE = re.compile("路線|道路名|route")
_MEASURE = re.compile("距離標|^kp|kp$|キロ程|キロポスト|測点|距離程|追加距離|chainage")
_SIDE = re.compile("^左右|左右$|^側|オフセット|離れ|offset")
_NUMBER = re.compile("(?:電柱|橋梁|支柱|管理柱|親|設備|施設|公園|トンネル|樹木|構造物).*(?:番号|id|no\\.?)$")
_NAME = re.compile("施設名|名称|建物名|設置施設|設置場所|name")
_PLACES = re.compile("施設名|設置施設|設置場所")


def propose_ways(columns: Columns) -> list[tuple[Way, tuple[str, ...]]]:
    """Lists the ways in which the rows of a table may be placed by a key, by their headers."""
    headers = {name: fold_header(name) for name in columns if any(columns[name])}
    found: list[tuple[Way, tuple[str, ...]]] = []
    if lots := _named(headers, _LOT):
        found.append(("parcel", (*_named(headers, _TOWN), *lots[:1])))
    if (measures := _named(headers, _MEASURE)) and any(
        parse_station(text) or text.strip().isdigit() for text in list(filter(None, columns[measures[0]]))[:50]
    ):
        found.append(("chainage", (*_named(headers, _ROUTE)[:1], measures[0])))
    found += [("reference", (name,)) for name in _named(headers, _NUMBER)[:1]]
    found += [("name", (name,)) for name in _named(headers, _PLACES)[:1]]
    return found


def place_by_key(columns: Columns, layer: KeyLayer) -> KeyPlaces:
    """Looks up every row of a table among the features of a layer.

    Args:
        columns: Texts of the ledger by column name.
        layer: What to look the rows up in, and how.

    Returns:
        Where each row is; without columns where the ledger or the layer has no such key.
    """
    return _WAYS[layer.way](columns, layer)


def _by_parcel(columns: Columns, layer: KeyLayer) -> KeyPlaces:
    headers, titles = _folded(columns), _folded(layer.columns)
    number = _named(titles, _LOT)[:1]
    lots = [layer.column] if layer.column else _named(headers, _LOT)[:1]
    names = [*(name for name in _named(headers, _TOWN) if name not in lots), *lots] if lots else []
    names = names or _named(headers, _ADDRESS)[:1]
    if not number or not names:
        return _nothing(columns)
    towns = [name for name in _named(titles, _TOWN) if name not in number]
    rows = range(len(layer.geometries))
    index = ParcelIndex(
        [joined(layer.columns, towns, row) for row in rows],
        [joined(layer.columns, number, row) for row in rows],
        layer.geometries,
    )
    is_empty = [not (columns[lots[0]][row] or "").strip() if lots else False for row in range(_n_rows(columns))]
    texts = ["" if empty else joined(columns, names, row) for row, empty in enumerate(is_empty)]
    return _found(names, texts, index.find)


def _by_chainage(columns: Columns, layer: KeyLayer) -> KeyPlaces:
    headers, titles = _folded(columns), _folded(layer.columns)
    measures = [layer.column] if layer.column else _named(headers, _MEASURE)[:1]
    named = _named(titles, _NAME)
    routes = Routes(layer, _named(titles, _ROUTE) or named, _named(titles, _MEASURE), named)
    if not measures or not routes:
        return _nothing(columns)
    of_route, sides = _named(headers, _ROUTE)[:1], [one for one in _named(headers, _SIDE) if one not in measures]
    names = [*of_route, *measures, *sides]
    found: list[Place | Miss | None] = []
    texts = []
    rows = [(joined(columns, of_route, row), joined(columns, measures, row)) for row in range(_n_rows(columns))]
    unit_m = routes.unit_m(headers[measures[0]], rows)
    pitches = routes.pitches(rows, unit_m)
    for row, (said, text) in enumerate(rows):
        side = joined(columns, sides, row)
        texts.append(" ".join(filter(None, (said, text, side))) if text else "")
        where = f"{text} {side}".strip()
        found.append(routes.find(said, where, unit_m=unit_m, pitches=pitches) if text else None)
    return KeyPlaces(tuple(names), texts, found)


def _by_reference(columns: Columns, layer: KeyLayer) -> KeyPlaces:
    headers, titles = _folded(columns), _folded(layer.columns)
    keys = [fold_header(title) for title in layer.key_titles]
    by_title = {folded: name for name, folded in titles.items()}
    wanted = [layer.column] if layer.column else []
    wanted += [name for name, folded in headers.items() if folded in by_title and _NUMBER.search(folded)]
    wanted += [*_named(headers, _NUMBER)] + [name for name, folded in headers.items() if folded in keys]
    if not wanted:
        return _nothing(columns)
    title = by_title.get(headers[wanted[0]]) or next((by_title[key] for key in keys if key in by_title), None)
    if title is None:
        return _nothing(columns)
    return _found(wanted[:1], _texts(columns, wanted[0]), KeyIndex(layer.columns[title], layer.geometries).find)


def _by_name(columns: Columns, layer: KeyLayer) -> KeyPlaces:
    headers, titles = _folded(columns), _folded(layer.columns)
    wanted = [layer.column] if layer.column else [*_named(headers, _PLACES), *_named(headers, _NAME)]
    title = _named(titles, _NAME)
    if not wanted or not title:
        return _nothing(columns)
    index = KeyIndex(layer.columns[title[0]], layer.geometries, is_name=True)
    return _found(wanted[:1], _texts(columns, wanted[0]), index.find)


_WAYS: Mapping[Way, Callable[[Columns, KeyLayer], KeyPlaces]] = {
    "parcel": _by_parcel,
    "chainage": _by_chainage,
    "reference": _by_reference,
    "name": _by_name,
}


def _found(names: Sequence[str], texts: Sequence[str], find: Callable[[str], Place | Miss]) -> KeyPlaces:
    memo = {text: find(text) for text in set(texts) if text}
    return KeyPlaces(tuple(names), texts, [memo.get(text) for text in texts])


def _nothing(columns: Columns) -> KeyPlaces:
    n_rows = _n_rows(columns)
    return KeyPlaces((), [""] * n_rows, [None] * n_rows)


def _n_rows(columns: Columns) -> int:
    return max((len(values) for values in columns.values()), default=0)


def _texts(columns: Columns, name: str) -> list[str]:
    return [(text or "").strip() for text in columns[name]]


def _folded(columns: Columns) -> dict[str, str]:
    return {name: fold_header(name) for name in columns}


def _named(headers: Mapping[str, str], pattern: re.Pattern[str]) -> list[str]:
    return [
        name
        for name, folded in headers.items()
        if pattern.search(folded) and not _CODE.search(folded) and not is_of_person(folded)
    ]
