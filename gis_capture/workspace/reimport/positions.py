"""The position that a ledger gave a feature last, whatever a crew made of it since."""

from shapely import Geometry

from gis_capture.convert.versions import Lineage
from gis_capture.model import GEOMETRY, Change, geometry_from_geojson
from gis_capture.store.protocol import Snapshot

ADOPTS = "adopts"
"""Key of a change by which a ledger first speaks of a feature that it did not make."""


def given_geometry(moment: Snapshot, lineage: Lineage, layer: str, feature_id: str) -> Geometry | None:
    """Gives the geometry of the newest change that the ledger has sent, else the one it made the feature with."""
    devices = {f"import:{import_id}" for import_id in lineage.import_ids}
    is_adopted, given = False, None
    for pushed in moment.sync.changes(layer=layer, feature_id=feature_id):
        if pushed.device_id not in devices:
            continue
        change = Change.from_json(pushed.body)
        is_adopted = is_adopted or ADOPTS in change.extra
        if GEOMETRY in change.edits:
            given = change.edits[GEOMETRY].new
    if given is not None:
        return geometry_from_geojson(given)
    if is_adopted:
        return None
    for record in reversed(lineage.records):
        feature = moment.feature_at(layer, feature_id, int(record["revision"]))
        if feature is not None:
            return feature.geometry
    return None
