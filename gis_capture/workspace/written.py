"""What writing a GeoDataFrame gives back; apart from the writing, because geopandas takes long to load."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """What writing a frame did: n_rows = n_inserted + n_updated + n_unchanged."""

    n_inserted: int
    n_updated: int
    n_unchanged: int
