"""Which feature a returned row is: by its `feature_id`, else by the row it was handed out as, else it is a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from gis_capture.geopackage.comparison import LooseRow


@dataclass(frozen=True, slots=True)
class Identities:
    """What became of the rows that do not stand at their place.

    Attributes:
        moved: Rows that are a handed-out feature, by the `fid` they were handed out with.
        new: Ids of new features, by `fid`.
        gone: Ids of features that are in no row, by the `fid` they were handed out with.
        copied: Rows (`fid`) that had the id of another row.
        recognized: Rows (`fid`) whose id was changed or taken away, with what stands there.
        ids: What stands in the file as an id, with the id it means; where the two differ.
    """

    moved: Mapping[int, int]
    new: Mapping[int, str]
    gone: Mapping[int, str]
    copied: tuple[int, ...]
    recognized: Mapping[int, Any]
    ids: Mapping[str, str]


def identify(
    loose: Sequence[LooseRow],
    places: Mapping[int, str],
    *,
    checkout_id: str,
    layer: str,
    is_intact: bool,
    newest_fid: int,
) -> Identities:
    """Finds the feature of each row.

    Args:
        loose: Returned rows that do not stand at their place.
        places: Ids of the handed-out rows that stand at their place nowhere, by `fid`.
        checkout_id: A UUID; with layer and `fid` it gives the id of a new row, the same one every time.
        layer: Key.
        is_intact: The table is the one that was handed out; a program that copies it may number its rows anew.
        newest_fid: Highest `fid` that was handed out: rows that are added later have higher ones.
    """
    moved: dict[int, int] = {}
    pool: list[LooseRow] = []
    for row in loose:
        if row.home is not None and row.home in places and row.home not in moved:
            moved[row.home] = row.fid
        else:
            pool.append(row)
    # Cut and pasted, a row comes under a new number; under the number of another one only where all are numbered anew.
    tells_by_number = is_intact and all(fid > newest_fid for fid in moved.values())
    new: dict[int, str] = {}
    copied: list[int] = []
    recognized: dict[int, Any] = {}
    ids: dict[str, str] = {}
    standing = _times_standing(pool)
    for row in pool:
        text = row.feature_id if isinstance(row.feature_id, str) else None
        if tells_by_number and row.fid in places and row.fid not in moved:
            moved[row.fid] = row.fid
            recognized[row.fid] = row.feature_id
            feature_id = places[row.fid]
        else:
            own = _own_id(text) if row.home is None and standing.get(text) == 1 else None
            if row.home is not None or (text and standing[text] > 1):
                copied.append(row.fid)
            feature_id = new[row.fid] = own or str(uuid5(UUID(checkout_id), f"{layer}/{row.fid}"))
        if text and row.home is None and standing[text] == 1 and text != feature_id:
            ids[text] = feature_id
    gone = {fid: feature_id for fid, feature_id in places.items() if fid not in moved}
    return Identities(moved, new, gone, tuple(copied), recognized, ids)


def _times_standing(rows: Sequence[LooseRow]) -> dict[Any, int]:
    times: dict[Any, int] = {}
    for row in rows:
        times[row.feature_id] = times.get(row.feature_id, 0) + 1
    return times


def _own_id(text: str | None) -> str | None:
    """The id that a program gave a new row, in the one way of writing it; None where it is no UUID."""
    try:
        return str(UUID(text)) if text and len(text) <= 45 else None
    except ValueError:
        return None
