"""What of a layer is seen by who asks: all of it, or what lies in the area of that one."""

from collections.abc import Callable, Iterable
from typing import Any

from shapely import Geometry

from gis_capture.model import BBox
from gis_capture.people import Principal, Role, codes
from gis_capture.server.authorization import may_read, principal
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


def demand_photo(sha256: str) -> None:
    """Goes on only where who asks may see a photo: by a feature that carries it, or because that one sent it.

    Raises:
        PeopleError: There is one, and it is not theirs to see (code `layer_not_granted`).
    """
    here, asking = workspace(), principal()
    is_anything = here.attachments.is_here(sha256) or bool(_carriers(sha256))
    if is_anything and not _is_photo_seen(sha256) and not here.people.uploads.is_of(sha256, asking.id):
        raise codes.error(codes.LAYER_NOT_GRANTED)


def photos_withheld(message: Any) -> frozenset[str]:
    """The photos that a push names though its sender may not see them: knowing a SHA-256 gives no right.

    What no change has named before is the sender's to name, whose bytes come later.
    """
    if principal().is_unlimited and principal().area is None:
        return frozenset()
    # What is of no such form is told of change by change, later.
    bodies = _members(message.get("changes") if isinstance(message, dict) else None)
    photos = [one for body in bodies for name in ("attachments", "detached") for one in _members(body.get(name))]
    named = {sha256 for photo in photos if isinstance(sha256 := photo.get("sha256"), str)}
    sent, asking = workspace().people.uploads, principal()
    return frozenset(
        sha256
        for sha256 in named
        if _carriers(sha256) and not _is_photo_seen(sha256) and not sent.is_of(sha256, asking.id)
    )


def _members(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _carriers(sha256: str) -> set[tuple[str, str]]:
    """The features, by layer and id, that changes say carry a photo."""
    with workspace().store.snapshot() as snapshot:
        return {(one.layer, one.feature_id) for one in snapshot.sync.named_attachments(sha256)}


def _is_photo_seen(sha256: str) -> bool:
    if principal().role is Role.ADMIN:
        return True
    here = {layer.key for layer in workspace().store.layers()}
    return any(one[0] in here and may_read(one[0]) and _is_seen(one) for one in _carriers(sha256))


def _is_seen(feature: tuple[str, str]) -> bool:
    part, store = within(feature[0]), workspace().store
    if part is None:
        return True
    state = store.feature(*feature) or store.deleted(*feature)
    return state is not None and part.sees(state)
