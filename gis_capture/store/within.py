"""Reads of a layer only what somebody is to see: those features whose geometry a test lets through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_capture.model import BBox, Feature
from gis_capture.store.columns import ROWS_AT_ONCE, Columns
from gis_capture.store.protocol import EVERYTHING, FeatureQuery, Reader


@dataclass(frozen=True, slots=True)
class Within:
    """One layer of a reader, without what lies elsewhere.

    Attributes:
        name: Of the part: two of the same name see the same.
        mask: Tells of many geometries in the layer's CRS which of them are seen; None is none of them.
        common: Narrows a box of a query to where anything can be seen; None = nowhere.
    """

    name: str
    reader: Reader
    layer: str
    mask: Callable[[npt.NDArray[np.object_]], npt.NDArray[np.bool_]]
    common: Callable[[BBox | None], BBox | None]

    def feature(self, feature_id: str) -> Feature | None:
        """One feature; None where it lies elsewhere."""
        found = self.reader.feature(self.layer, feature_id)
        return found if found is not None and self.sees(found) else None

    def sees(self, feature: Feature) -> bool:
        """Whether a feature is seen."""
        return bool(self.mask(np.array([feature.geometry], dtype=object))[0])

    def numbered_features(self, query: FeatureQuery = EVERYTHING) -> Iterator[tuple[int, Feature]]:
        """What `Reader.numbered_features` gives of them."""
        narrowed = self._narrowed(query)
        if narrowed is None:
            return iter(())
        rows = self.reader.numbered_features(self.layer, replace(narrowed, limit=None))
        return islice((row for row in rows if self.sees(row[1])), query.limit)

    def features(self, query: FeatureQuery = EVERYTHING) -> Iterator[Feature]:
        """What `Reader.features` gives of them."""
        return (feature for _, feature in self.numbered_features(query))

    def page(self, query: FeatureQuery) -> Columns:
        """What `Reader.page` gives of them."""
        parts, n_left, is_cut = list[Columns](), query.limit, False
        for columns in self._pages(query):
            seen = np.flatnonzero(self.mask(columns.geometries))[:n_left]
            parts.append(_taken(columns, seen))
            n_left = None if n_left is None else n_left - len(seen)
            is_cut = columns.is_cut and len(seen) > 0
            if n_left == 0 or is_cut:
                break
        return _joined(parts, is_cut=is_cut)

    def count(self, query: FeatureQuery = EVERYTHING) -> int:
        """How many there are, whatever the limit and the place of the query."""
        pages = self._pages(replace(query, after_fid=0, limit=None, names=()))
        return sum(int(np.count_nonzero(self.mask(columns.geometries))) for columns in pages)

    def _narrowed(self, query: FeatureQuery) -> FeatureQuery | None:
        box = self.common(query.bbox)
        return None if box is None else replace(query, bbox=box)

    def _pages(self, query: FeatureQuery) -> Iterator[Columns]:
        """Rows with a box that touches, in the order of `fid`; a page more at least."""
        narrowed, after = self._narrowed(query), query.after_fid
        size = ROWS_AT_ONCE
        while True:
            where = replace(narrowed or query, after_fid=after, limit=size if narrowed else 0)
            columns = self.reader.page(self.layer, where)
            yield columns
            if not narrowed or (len(columns.fids) < size and not columns.is_cut):
                return
            after = columns.fids[-1]


def _taken(columns: Columns, rows: npt.NDArray[Any]) -> Columns:
    def of(values: Any) -> list[Any]:
        return [values[row] for row in rows.tolist()]

    fields = {name: of(values) for name, values in columns.fields.items()}
    revisions = of(columns.revisions) if len(columns.revisions) else ()
    return Columns(of(columns.fids), of(columns.feature_ids), columns.geometries[rows], fields, revisions)


def _joined(parts: list[Columns], *, is_cut: bool) -> Columns:
    def of(pieces: Iterator[Any]) -> list[Any]:
        return [value for piece in pieces for value in piece]

    return Columns(
        of(one.fids for one in parts),
        of(one.feature_ids for one in parts),
        np.concatenate([one.geometries for one in parts]),
        {name: of(one.fields[name] for one in parts) for name in parts[0].fields},
        of(one.revisions for one in parts),
        is_cut,
    )
