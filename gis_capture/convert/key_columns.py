"""Which columns of a ledger tell its rows apart from one month to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from gis_capture.convert.keys import Key
from gis_capture.convert.pairing import keys_of
from gis_capture.convert.versions import Version
from gis_capture.ledger.values import fold_header
from gis_capture.ledger.values.folding import fold
from gis_capture.model import Layer

_SAMPLE_SIZE = 2_000
_MIN_FILLED = 0.9
_MIN_SHARED = 0.5
_GOOD_ENOUGH = 0.6
"""Below this, and this much below another column, the layer's own key is doubtful."""
_MIN_TELLING = 0.3
"""Share of different values in a column that tells rows apart."""
_MIN_CELLS = 20
_MIN_ALIKE = 0.2
_DATUM_DEGREES = 0.01
_WORDS = ("番号", "コード", "id", "no", "符号", "名称")
_NAMING = ("名称", "所在", "住所", "設置場所", "address", "name")


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """The columns of the key; () = there are none.

    Attributes:
        is_own: They are the layer's own.
        better: A column under which rows go on saying the same far more than under these; None = there is none.
    """

    names: tuple[str, ...] = ()
    is_own: bool = False
    better: str | None = None


def choose_key(new: Version, old: Version, layer: Layer, *, stated: Sequence[str] = ()) -> KeyChoice:
    """Takes the key that a recipe states, if rows go on under it; else the layer's own; without one, the best column.

    The best column is that under which most rows go on saying the same.

    A running number (No. 1, 2, 3 …) is a key only as long as no row is taken out of the middle, and a ledger may be
    numbered anew; both show in rows that differ in most other cells, and in another column under which they do not.
    """
    own = tuple(layer.key_fields)
    if _are_in_both(new, old, stated) and _continuity(new, old, stated, is_own=True) >= _GOOD_ENOUGH:
        return KeyChoice(tuple(stated), is_own=tuple(stated) == own)
    has_own = _are_in_both(new, old, own)
    own_score = _continuity(new, old, own, is_own=True) if has_own else 0.0
    if own_score >= _GOOD_ENOUGH:
        return KeyChoice(own, is_own=True)
    columns = [name for name in new.columns if name in old.columns and (name,) != own]
    best, best_score = None, 0.0
    for name in sorted(columns, key=lambda name: not _sounds_like_key(new.origins[name])):
        score = _continuity(new, old, (name,), is_own=False)
        if score > best_score:
            best, best_score = name, score
    if has_own:
        return KeyChoice(own, is_own=True, better=best if own_score < best_score * _GOOD_ENOUGH else None)
    return KeyChoice((best,) if best else ())


def _are_in_both(new: Version, old: Version, names: Sequence[str]) -> bool:
    return bool(names) and all(name in new.columns and name in old.columns for name in names)


def naming_columns(new: Version, old: Version) -> tuple[str, ...]:
    """Gives the columns that together name a thing; () where they do not."""
    names = [
        name
        for name in new.columns
        if name in old.columns and any(word in fold_header(new.origins[name]) for word in map(fold_header, _NAMING))
    ]
    return tuple(names) if len(names) > 1 else ()


def share_of_keys(new: Version, old: Version, names: Sequence[str]) -> tuple[int, float]:
    """How many keys both versions have, and their share of the smaller one's rows."""
    of_new, of_old = (_alone(keys_of(version, names)) for version in (new, old))
    n_shared = len(of_new.keys() & of_old.keys())
    return n_shared, n_shared / max(1, min(len(new), len(old)))


def speaks_of_other_things(new: Version, old: Version, names: Sequence[str]) -> bool:
    """Whether rows of the same key have hardly a name, an address or a place in common.

    Running numbers stand in every ledger: those of another city's are no sign of a next version. Asked are the columns
    whose values tell rows apart in both; numbers count as the same when they differ by no more than coordinates of
    another datum do.
    """
    of_new, of_old = (_alone(keys_of(version, names)) for version in (new, old))
    shared = [key for key in of_new if key in of_old]
    step = max(1, len(shared) // _SAMPLE_SIZE)
    sample = [(of_new[key], of_old[key]) for key in islice(shared, 0, None, step)]
    n_cells = n_same = 0
    for name in new.columns:
        if name in names or name not in old.columns:
            continue
        pairs = [(new.text(name, now), old.text(name, then)) for now, then in sample]
        pairs = [pair for pair in pairs if all(pair)]
        if min((len(set(texts)) for texts in zip(*pairs, strict=True)), default=0) < _MIN_TELLING * len(sample):
            continue
        n_cells += len(pairs)
        n_same += sum(_is_alike(*pair) for pair in pairs)
    return n_cells >= _MIN_CELLS and n_same < _MIN_ALIKE * n_cells


def _is_alike(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) <= _DATUM_DEGREES
    except ValueError:
        return fold(one) == fold(other)


def _continuity(new: Version, old: Version, names: Sequence[str], *, is_own: bool) -> float:
    """Share of the rows that have their key in both versions, times the share of their cells that stay the same."""
    of_new, of_old = (_alone(keys_of(version, names)) for version in (new, old))
    if not is_own and min(len(of_new) / max(1, len(new)), len(of_old) / max(1, len(old))) < _MIN_FILLED:
        return 0.0
    shared = [key for key in of_new if key in of_old]
    share = len(shared) / max(1, min(len(new), len(old)))
    if not shared or (not is_own and share < _MIN_SHARED):
        return 0.0
    others = [name for name in new.columns if name in old.columns and name not in names]
    step = max(1, len(shared) // _SAMPLE_SIZE)
    n_cells = n_same = 0
    for key in islice(shared, 0, None, step):
        for name in others:
            now, then = new.text(name, of_new[key]), old.text(name, of_old[key])
            if now or then:
                n_cells += 1
                n_same += now == then
    return share * (n_same / n_cells if n_cells else 1.0)


def _alone(keys: Sequence[Key | None]) -> dict[str, int]:
    """Rows by their loosest key, without those that share it."""
    rows: dict[str, int] = {}
    repeated = set()
    for row, key in enumerate(keys):
        if key is not None and rows.setdefault(key.bare, row) != row:
            repeated.add(key.bare)
    return {key: row for key, row in rows.items() if key not in repeated}


def _sounds_like_key(header: str) -> bool:
    folded = fold_header(header)
    return any(word in folded for word in map(fold_header, _WORDS))
