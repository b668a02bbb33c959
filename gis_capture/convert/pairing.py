"""Which row of a ledger is which row of its last version: by key, by content where it is certain, else not at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gis_capture.convert.keys import Key, key_of
from gis_capture.convert.versions import Version

_N_SPELLINGS = len(Key._fields)
_MIN_CELLS = 2
"""Rows without a key are the same only where at least this many cells say so."""


@dataclass(slots=True)
class Pairing:
    """What became of the rows; rows are known by their place in their version.

    Attributes:
        pairs: Row of the old version by row of the new.
        new: Rows that the old version has not.
        removed: Rows of the old version that the new one has not.
        ambiguous: New rows that may be several old ones, or share their key; with the old rows that may be meant.
        keyless: New rows without a key that are not certainly an old one.
        renumbered: New rows that say all that an old one said, but for the key; with that old row.
        uncertain: Old rows that may be one of the ambiguous or renumbered ones.
    """

    pairs: dict[int, int] = field(default_factory=dict)
    new: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    ambiguous: dict[int, tuple[int, ...]] = field(default_factory=dict)
    keyless: list[int] = field(default_factory=list)
    renumbered: dict[int, int] = field(default_factory=dict)
    uncertain: list[int] = field(default_factory=list)


def keys_of(version: Version, names: Sequence[str]) -> list[Key | None]:
    """The key of every row; all None where there are no key columns."""
    if not names or any(name not in version.columns for name in names):
        return [None] * len(version)
    return [key_of(texts) for texts in zip(*(version.columns[name] for name in names), strict=True)]


def pair_rows(new: Version, old: Version, *, key_names: Sequence[str], naming_names: Sequence[str] = ()) -> Pairing:
    """Pairs the rows of two versions.

    Args:
        new: The file as it is now.
        old: What was given last.
        key_names: Columns of the key; () = the ledger has none.
        naming_names: Columns that together name a thing (name and address), for rows without a key.
    """
    new_keys, old_keys = keys_of(new, key_names), keys_of(old, key_names)
    shared = [name for name in new.columns if name in old.columns]
    found = Pairing()
    for spelling in range(_N_SPELLINGS):
        _pair_by_key(found, _by_key(new_keys, spelling), _by_key(old_keys, spelling))
        if spelling == 0:
            _pair_repeated(found, new, old, _by_key(new_keys, 0), _by_key(old_keys, 0), shared)
    free_new = [row for row, key in enumerate(new_keys) if key is None]
    free_old = [row for row, key in enumerate(old_keys) if key is None]
    _pair_same(found, new, old, free_new, free_old, shared)
    if naming_names and all(name in shared for name in naming_names):
        _pair_unique(found, new, old, free_new, free_old, naming_names)
    _sort_the_rest(found, new_keys, old_keys)
    _find_renumbered(found, new, old, [name for name in shared if name not in key_names])
    return found


def _by_key(keys: Sequence[Key | None], spelling: int) -> Mapping[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            groups[key[spelling]].append(row)
    return groups


def _pair_by_key(found: Pairing, new: Mapping[str, list[int]], old: Mapping[str, list[int]]) -> None:
    """Pairs what is one row's alone on both sides."""
    taken = set(found.pairs.values())
    for key, rows in new.items():
        others = old.get(key, ())
        if len(rows) == len(others) == 1 and rows[0] not in found.pairs and others[0] not in taken:
            found.pairs[rows[0]] = others[0]


def _pair_repeated(
    found: Pairing,
    new: Version,
    old: Version,
    new_rows: Mapping[str, list[int]],
    old_rows: Mapping[str, list[int]],
    names: Sequence[str],
) -> None:
    """Of rows that share a key, pairs those that say the same in every cell."""
    for key, rows in new_rows.items():
        others = old_rows.get(key, ())
        if others and len(rows) + len(others) > 2:
            _pair_same(found, new, old, rows, others, names)


def _pair_same(
    found: Pairing, new: Version, old: Version, new_rows: Iterable[int], old_rows: Iterable[int], names: Sequence[str]
) -> None:
    """Pairs rows of the same content, in their order."""
    taken = set(found.pairs.values())
    waiting: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in old_rows:
        if row not in taken:
            waiting[old.content(row, names)].append(row)
    for row in new_rows:
        same = waiting.get(new.content(row, names)) if row not in found.pairs else None
        if same:
            found.pairs[row] = same.pop(0)


def _pair_unique(
    found: Pairing, new: Version, old: Version, new_rows: Sequence[int], old_rows: Sequence[int], names: Sequence[str]
) -> None:
    """Pairs rows whose content in these columns is whole, and theirs alone on both sides."""
    taken = set(found.pairs.values())
    of_new = _by_content(new, (row for row in new_rows if row not in found.pairs), names)
    of_old = _by_content(old, (row for row in old_rows if row not in taken), names)
    # What another row says too, paired or not, is no proof.
    all_new, all_old = _by_content(new, new_rows, names), _by_content(old, old_rows, names)
    for content, rows in of_new.items():
        is_alone = len(all_new[content]) == len(all_old.get(content, ())) == 1
        if is_alone and content in of_old and all(content):
            found.pairs[rows[0]] = of_old[content][0]


def _by_content(version: Version, rows: Iterable[int], names: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row in rows:
        groups[version.content(row, names)].append(row)
    return groups


def _sort_the_rest(found: Pairing, new_keys: Sequence[Key | None], old_keys: Sequence[Key | None]) -> None:
    loosest = _N_SPELLINGS - 1
    of_new, of_old = _by_key(new_keys, loosest), _by_key(old_keys, loosest)
    taken, uncertain = set(found.pairs.values()), set[int]()
    for row, key in enumerate(new_keys):
        if row in found.pairs:
            continue
        if key is None:
            found.keyless.append(row)
            continue
        others = of_old.get(key[loosest], ())
        if others or len(of_new[key[loosest]]) > 1:
            free = tuple(other for other in others if other not in taken)
            found.ambiguous[row] = free or tuple(others)
            uncertain.update(free)
        else:
            found.new.append(row)
    found.uncertain = sorted(uncertain)
    found.removed = [row for row in range(len(old_keys)) if row not in taken and row not in uncertain]


def _find_renumbered(found: Pairing, new: Version, old: Version, names: Sequence[str]) -> None:
    """Of new and removed rows, proposes those as one that say the same in all but the key, and nobody else says it."""
    of_new, of_old = _by_content(new, found.new, names), _by_content(old, found.removed, names)
    for content, rows in of_new.items():
        others = of_old.get(content, ())
        if len(rows) == len(others) == 1 and sum(map(bool, content)) >= _MIN_CELLS:
            found.renumbered[rows[0]] = others[0]
    moved = set(found.renumbered.values())
    found.new = [row for row in found.new if row not in found.renumbered]
    found.removed = [row for row in found.removed if row not in moved]
    found.uncertain = sorted({*found.uncertain, *moved})
