"""Where an office's things are, by what is surely placed in its layers."""

import numpy as np
import shapely

from gis_capture.locate.lon_lat import to_lon_lat
from gis_capture.locate.messages import is_doubted
from gis_capture.model import BBox, PositionQuality
from gis_capture.store.protocol import FeatureQuery, Store

_FEWEST = 10
_MOST_OF_A_LAYER = 20_000
_SURE_M = 1000.0
# A few that lie wrong do not make the box larger.
_PERCENTILES = (1, 99)


def placed_box(store: Store) -> BBox | None:
    """The box of what is surely placed, in EPSG:4326; None where that is too little to tell anything by."""
    lons, lats = [], []
    for layer in store.layers():
        features = store.features(layer.key, FeatureQuery(is_located=True, limit=_MOST_OF_A_LAYER, names=()))
        geometries = [feature.geometry for feature in features if _is_sure(feature.position)]
        boxes = shapely.bounds(to_lon_lat(geometries, layer.crs)) if geometries else np.empty((0, 4))
        lons.append((boxes[:, 0] + boxes[:, 2]) / 2)
        lats.append((boxes[:, 1] + boxes[:, 3]) / 2)
    lon, lat = (np.concatenate([np.empty(0), *axis]) for axis in (lons, lats))
    is_known = np.isfinite(lon) & np.isfinite(lat)
    if is_known.sum() < _FEWEST:
        return None
    (west, east), (south, north) = (np.percentile(axis[is_known], _PERCENTILES) for axis in (lon, lat))
    return BBox(float(west), float(south), float(east), float(north))


def _is_sure(position: PositionQuality) -> bool:
    return (position.accuracy_m or 0.0) <= _SURE_M and not is_doubted(position.note)
