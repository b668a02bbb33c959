"""Which layer a ledger belongs to: by its headers, by words in its name, by the values in its columns."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from gis_capture.ledger.columns.making import geometry_kinds, is_made_key
from gis_capture.ledger.columns.matching import GENERIC_KEY, ColumnMatch, match_columns
from gis_capture.ledger.table import Table
from gis_capture.ledger.values.choices import DomainReader
from gis_capture.ledger.values.folding import fold
from gis_capture.model import Layer

MIN_SCORE = 0.4
"""Below this a ledger is better kept as a layer of its own."""

_MARGIN = 0.02
"""By how much the best layer must fit better than the next one; columns that every layer knows name none."""

_OTHER_IS_NAMED = 0.85
"""What the headers say for one layer counts less where the ledger is named after another."""

_N_VALUES = 200
_WITHOUT_NAME = 0.5
"""Nothing in a list of codes or counts names a thing on the ground."""

_COUNTS = re.compile(r"(?:箇所|個所|か所|ヶ所|カ所|施設|公園|基|件|棟|団体|人)数(?:\(.*\))?$")
_ONE_THING = re.compile(
    r"(?<!地区|種別|種類|区分|町丁)(?<![町市])名$|番号|名称|住所|所在|地番|番地|地先|位置|場所|緯度|経度|座標|コード|(?:^|[^a-z])(?:no|id|x|y|lat|lon|lng)(?:[^a-z]|$)"
)


@dataclass(frozen=True, slots=True)
class LayerSuggestion:
    """A layer that a table may belong to; `score` from 0 to 1."""

    layer_key: str
    table: str
    score: float
    match: ColumnMatch

    @property
    def matches(self) -> dict[str, str]:
        """Field name by column name."""
        return self.match.fields


def suggest_layers(tables: Table | Iterable[Table], layers: Sequence[Layer]) -> list[LayerSuggestion]:
    """Gives all layers for all tables, the best first; those of the `generic` layer stand last."""
    several = [tables] if isinstance(tables, Table) else list(tables)
    return sort_suggestions(suggestion for table in several for suggestion in _suggest(table, layers))


def sort_suggestions(suggestions: Iterable[LayerSuggestion]) -> list[LayerSuggestion]:
    """Puts the best first and the `generic` layer last."""
    return sorted(suggestions, key=lambda s: (s.layer_key == GENERIC_KEY, -s.score, s.layer_key))


def choose_layer(suggestions: Sequence[LayerSuggestion]) -> str:
    """Gives the key of the best layer, or of the `generic` one where none fits well enough or two fit as well.

    A layer that was made of such a ledger before has its names from it, so that it needs no lead over the others.
    """
    best = suggestions[0] if suggestions else None
    if best is None or best.score < MIN_SCORE:
        return GENERIC_KEY
    if is_made_key(best.layer_key):
        return best.layer_key
    others = [s.score for s in suggestions if s.layer_key != best.layer_key and not is_made_key(s.layer_key)]
    next_best = max(others, default=0.0)
    return best.layer_key if best.score - next_best >= _MARGIN else GENERIC_KEY


def _suggest(table: Table, layers: Sequence[Layer]) -> Iterable[LayerSuggestion]:
    matches = {layer.key: match_columns(table, layer) for layer in layers}
    special = [layer for layer in layers if layer.key != GENERIC_KEY]
    n_layers_of = Counter(column for layer in special for column in matches[layer.key].fields)
    # A column that every layer knows (名称, 住所) says little; one that only a single layer knows says much.
    weights = {column.name: 1 / max(2, n_layers_of[column.name] ** 1.5) for column in table.columns}
    weights |= {column: 1.0 for column, n in n_layers_of.items() if n == 1}
    whole = sum(weights.values()) or 1.0
    names = {layer.key: _named_in_source(table, layer) for layer in special}
    # 「列A」 is our own name for a column without one: two ledgers that have it are not alike for that.
    unnamed = {column.name for column in table.columns if not column.header}
    is_statistic = _counts_things(table)
    for layer in layers:
        match = matches[layer.key]
        said = [found for found in match.matches if found.column not in unnamed]
        by_headers = sum(found.score * weights[found.column] for found in said) / whole
        by_headers *= 1.0 if tells_features_apart(layer, match) else _WITHOUT_NAME
        by_name, by_values = names.get(layer.key, 0.0), _share_of_known_values(table, layer, match)
        score = 1 - (1 - 0.8 * by_headers) * (1 - by_name) * (1 - 0.5 * by_values)
        score *= _OTHER_IS_NAMED if not by_name and any(names.values()) else 1.0
        # A name alone brings no value into a field: all columns would be left out.
        score *= share_of_fitting(table, layer) if said and not is_statistic else 0.0
        yield LayerSuggestion(layer.key, table.name, 0.0 if layer.key == GENERIC_KEY else round(score, 4), match)


def _counts_things(table: Table) -> bool:
    """Whether rows are counts of a kind or an area, 「種別・箇所数・面積」: nothing names or places one thing."""
    headers = [fold(column.name) for column in table.columns]
    is_placed = table.geometries is not None or any(_ONE_THING.search(header) for header in headers)
    return not is_placed and any(_COUNTS.search(header) for header in headers)


def share_of_fitting(table: Table, layer: Layer) -> float:
    """The share of a source's geometries that a layer's type takes; 1 where the source brings none."""
    if table.geometries is None or layer.geometry_type == "Geometry":
        return 1.0
    kinds = Counter(kind.removeprefix("Multi") for kind in geometry_kinds(table))
    n_all = sum(kinds.values())
    return kinds[layer.geometry_type.removeprefix("Multi")] / n_all if n_all else 1.0


def tells_features_apart(layer: Layer, match: ColumnMatch) -> bool:
    """True when a column holds the number or a part of the label of a feature."""
    fields = {found.field for found in match.matches}
    return bool(fields.intersection(layer.key_fields) or any(f"{{{name}}}" in layer.label for name in fields))


def _named_in_source(table: Table, layer: Layer) -> float:
    """How strongly a word for the layer stands in a name or title of file, sheet or table; longer words say more."""
    place = fold("|".join(filter(None, (table.source.path.stem, table.sheet, table.name, table.title))))
    found = [word for name in (layer.key, layer.title.ja, *layer.aliases) if _stands_in(word := fold(name), place)]
    return 0.45 + 0.04 * min(len(max(found, key=len)), 8) if found else 0.0


def _stands_in(word: str, place: str) -> bool:
    if not word.isascii():
        return len(word) > 1 and word in place
    # Latin words must stand alone: "park" is not in "parking".
    return re.search(rf"(?<![a-z]){re.escape(word)}s?(?![a-z])", place) is not None


def _share_of_known_values(table: Table, layer: Layer, match: ColumnMatch) -> float:
    fields = match.fields
    shares = []
    for column, texts in zip(table.columns, table.values, strict=True):
        domain = layer.field(fields[column.name]).domain if column.name in fields else None
        if domain is None:
            continue
        reader = DomainReader(domain)
        values = [text for text in dict.fromkeys(islice(texts, 10_000)) if text][:_N_VALUES]
        if values:
            shares.append(sum(reader.knows(value) for value in values) / len(values))
    return max(shares, default=0.0)
