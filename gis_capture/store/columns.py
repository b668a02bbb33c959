"""What the store gives column by column: for those who read a whole layer, or all that changed since a revision."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Self

import numpy as np

from gis_capture.geopackage.blob import Geometries, PlanePoints
from gis_capture.model import Value

ROWS_AT_ONCE = 20_000
PAGE_BYTES = 32 << 20
"""A page or batch that holds more than so much of geometries ends there, whatever its limit."""
_LOOKED_AT = 100
_GEOMETRY = itemgetter(2)


@dataclass(frozen=True, slots=True)
class Columns:
    """Some rows of a layer; all sequences are parallel.

    Attributes:
        feature_ids: "" where another program made the feature and nobody has adopted it yet.
        places: Shape (n,), shapely geometries in the layer's CRS, None where there is none; or points alone.
        fields: Values by the name of their field.
        revisions: That last wrote each feature; not there where a whole layer is read.
        is_cut: Whether it is a page that ends before its limit because it is large; it has one row at least.
    """

    fids: Sequence[int]
    feature_ids: Sequence[str]
    places: Geometries | PlanePoints
    fields: Mapping[str, Sequence[Value]]
    revisions: Sequence[int] = ()
    is_cut: bool = False

    @property
    def geometries(self) -> Geometries:
        """The places as geometries."""
        return np.asarray(self.places)

    def first(self, n_rows: int) -> Self:
        """The first rows, at most so many."""
        if len(self.fids) <= n_rows:
            return self
        fields = {name: values[:n_rows] for name, values in self.fields.items()}
        ids, revisions = self.feature_ids[:n_rows], self.revisions[:n_rows]
        return type(self)(self.fids[:n_rows], ids, self.places[:n_rows], fields, revisions)


def in_batches(take: Callable[[int], list[Any]]) -> Iterator[list[Any]]:
    """Divides rows, the geometry in the third place, so that large ones are not held by thousands.

    Args:
        take: Gives so many of the next rows at most; none at the end.
    """
    batch, n_bytes = list[Any](), 0
    while some := take(_LOOKED_AT):
        batch += some
        n_bytes += sum(map(len, filter(None, map(_GEOMETRY, some))))
        if len(batch) >= ROWS_AT_ONCE or n_bytes > PAGE_BYTES:
            yield batch
            batch, n_bytes = [], 0
    if batch:
        yield batch
