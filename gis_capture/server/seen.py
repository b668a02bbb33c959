"""What of a layer is seen by who asks: all of it, or what lies in the area of that one."""

from collections.abc import Callable, Iterable

from shapely import Geometry

from gis_capture.model import BBox
from gis_capture.people import Principal, codes
from gis_capture.server.authorization import principal
from gis_capture.server.context import workspace
from gis_capture.store.within import Within


def within(layer: str) -> Within | None:
    """The part of a layer that is seen; None = all of it.

    Raises:
        LayerError: There is no such layer.
    """
    area, store = principal().area, workspace().store
    if area is None:
        return None
    crs = store.layer(layer).crs
    return Within(area.digest, store, layer, lambda geometries: area.mask(geometries, crs), area.common)


def extent_seen(extent: BBox | None) -> BBox | None:
    """What of the extent of a layer lies where anything is seen; None = nothing does."""
    area = principal().area
    return extent if area is None or extent is None else area.common(extent)


def lies_in(asking: Principal, *others: Principal) -> Callable[[str], Callable[[Geometry | None], bool]] | None:
    """Tells by the CRS of a layer whether a geometry lies in the areas of all of them; None = none has such a limit."""
    areas = [one.area for one in (asking, *others) if one.area is not None]

    def keeper(crs: str) -> Callable[[Geometry | None], bool]:
        keepers = [area.keeper(crs) for area in areas]
        return lambda geometry: all(keeps(geometry) for keeps in keepers)

    return keeper if areas else None


def demand_seen(features: Iterable[tuple[str, str]]) -> None:
    """Goes on only where one of some features, by layer and id, is seen as it is or as it was last.

    Raises:
        PeopleError: None is (code `layer_not_granted`).
    """
    if principal().area is not None and not any(map(_is_seen, features)):
        raise codes.error(codes.LAYER_NOT_GRANTED)


def _is_seen(feature: tuple[str, str]) -> bool:
    part, store = within(feature[0]), workspace().store
    state = store.feature(*feature) or store.deleted(*feature)
    return part is None or (state is not None and part.sees(state))
