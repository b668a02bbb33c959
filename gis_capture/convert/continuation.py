"""Tells whether a source is the next version of a ledger that is in the layer already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gis_capture.convert import codes
from gis_capture.convert.key_columns import KeyChoice, choose_key, share_of_keys, speaks_of_other_things
from gis_capture.convert.source import ConvertedSource
from gis_capture.convert.versions import LastVersion, Version, read_last_version, read_lineages, version_of
from gis_capture.errors import FieldError, SourceError
from gis_capture.ledger.values import fold_header
from gis_capture.model import Problem, Text
from gis_capture.store.protocol import Store

MIN_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Continuation:
    """A source and the last version of the ledger it goes on with.

    Attributes:
        places: Of the rows of `new`: number of the table, place in it.
        n_shared: Keys that both have.
    """

    path: Path
    new: Version
    places: list[tuple[int, int]]
    last: LastVersion
    key: KeyChoice
    n_shared: int

    def words(self) -> tuple[Text, Text]:
        """What was found, and what to do."""
        record, n_new, n_old = self.last.lineage.newest, len(self.new), len(self.last.version)
        day = datetime.fromisoformat(record["created_at"]).astimezone().date()
        found = Text(
            f"「{self.path.name}」({n_new:,}行)は、{day.year}年{day.month}月{day.day}日に取り込んだ"
            f"「{record['source_name']}」({n_old:,}行)の続きのようです。番号が同じ行が{self.n_shared:,}行あり、"
            "そのまま取り込むと二重になります。",
            f'"{self.path.name}" ({n_new:,} rows) seems to be the next version of "{record["source_name"]}" '
            f"({n_old:,} rows), imported on {day}: {self.n_shared:,} rows have the same key and would be doubled.",
        )
        todo = Text(
            "前回からの変更だけを取り込むときは「前回の続きとして取り込む」(コマンドでは --update)を、"
            "別の台帳として全部加えるときは「別の台帳として加える」(コマンドでは --as-new)を選んでください。",
            "Choose to update the layer with what has changed (on the command line: --update), "
            "or to add all rows as another ledger (--as-new).",
        )
        return found, todo

    def problem(self) -> Problem:
        """For a dry run."""
        return Problem(codes.LEDGER_CONTINUES, "warning", *self.words())

    def error(self) -> SourceError:
        """Stops a conversion that would double rows."""
        found, todo = self.words()
        return SourceError(
            Text(found.ja + todo.ja, f"{found.en} {todo.en}"),
            code=codes.LEDGER_CONTINUES,
            path=self.path,
            import_id=self.last.lineage.newest["import_id"],
        )


def find_continuation(
    source: ConvertedSource,
    store: Store,
    *,
    base: str | None = None,
    key: Sequence[str] = (),
    min_share: float = MIN_SHARE,
) -> Continuation | None:
    """Compares a source with all ledgers that are in its layer; gives the one it shares most keys with.

    Args:
        source: Converted for the layer.
        store: Where the layer is.
        base: Id of the only import to compare with.
        key: Columns or fields that a person chose for the key; () = that of the recipe, or chosen here.
        min_share: Of the smaller one's rows, below which it is another ledger.

    Raises:
        FieldError: A column of `key` is not in the source.
    """
    lineages = read_lineages(store.imports(), source.plan.layer.key)
    if base is not None:
        lineages = tuple(lineage for lineage in lineages if lineage.newest["import_id"] == base)
    if not lineages:
        return None
    new, places = version_of(source)
    chosen = KeyChoice(tuple(_column(name, new, source) for name in key))
    stated = _stated_key(source, new)
    best: tuple[float, Continuation] | None = None
    for lineage in lineages:
        last = read_last_version(store, lineage, new)
        choice = chosen if key else choose_key(new, last.version, source.plan.layer, stated=stated)
        n_shared, share = share_of_keys(new, last.version, choice.names) if choice.names else (0, 0.0)
        if min_share and choice.names and speaks_of_other_things(new, last.version, choice.names):
            continue
        if not choice.names and _is_same_file(source, lineage.newest):
            n_shared, share = len(new), 1.0
        if share >= min_share and (best is None or share > best[0]):
            best = share, Continuation(source.reading.source.path, new, places, last, choice, n_shared)
    return best[1] if best else None


def _stated_key(source: ConvertedSource, new: Version) -> tuple[str, ...]:
    """The key that the recipe states for the columns of a source, by the names they have here; () = none."""
    recipe, table = source.reading.source.recipe, source.plan.tables[0][0]
    rule = recipe.rule_for(table.sheet, [column.name for column in table.columns]) if recipe else None
    if rule is None or not rule.key:
        return ()
    of_header = {fold_header(origin): name for name, origin in new.origins.items()}
    names = [of_header.get(fold_header(name)) for name in rule.key]
    return tuple(name for name in names if name) if all(names) else ()


def _column(name: str, new: Version, source: ConvertedSource) -> str:
    """Finds a column by its field or by its header."""
    if name in new.columns:
        return name
    found = next((known for known, origin in new.origins.items() if fold_header(origin) == fold_header(name)), None)
    if found is None:
        raise FieldError(
            Text(f"台帳に「{name}」という列はありません。", f'The ledger has no column "{name}".'),
            layer=source.plan.layer.key,
            column=name,
        )
    return found


def _is_same_file(source: ConvertedSource, record: Any) -> bool:
    return bool(record.get("sha256") == source.reading.source.sha256)
