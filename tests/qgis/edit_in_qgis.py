"""Runs inside QGIS (the system's python3, without a screen): looks at a GeoPackage and edits it as a person would.

    python3 edit_in_qgis.py FILE LAYER EDITS

EDITS is JSON: {"attributes": {feature_id: {field: value}}, "moves": {feature_id: [x, y]}, "deletes": [feature_id],
"inserts": [{"x", "y", field: value}], "copies": [feature_id]}. What QGIS sees before the edits is printed as JSON.
"""

# mypy: ignore-errors
import json
import sys

from qgis.core import (
    NULL,
    Qgis,
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProviderRegistry,
    QgsVectorLayer,
    QgsVectorLayerUtils,
)


def main() -> None:
    """Looks, edits, saves and closes."""
    path, name, edits = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    QgsApplication.setPrefixPath("/usr", True)
    application = QgsApplication([], False)
    application.initQgis()
    try:
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        if not layer.isValid():
            sys.exit(f"QGIS cannot open {path}: {layer.error().message()}")
        print(json.dumps(seen(layer, path), ensure_ascii=False))
        edit(layer, edits)
        del layer
    finally:
        application.exitQgis()


def seen(layer: QgsVectorLayer, path: str) -> dict:
    """What QGIS shows of a layer."""
    style = layer.listStylesInDatabase() if hasattr(layer, "listStylesInDatabase") else (0, [], [], "")
    sublayers = [one.name() for one in QgsProviderRegistry.instance().querySublayers(path)]
    return {
        "version": Qgis.QGIS_VERSION,
        "crs": layer.crs().authid(),
        "geometry": layer.geometryType(),
        "n_features": layer.featureCount(),
        "extent": [layer.extent().xMinimum(), layer.extent().xMaximum()],
        "types": {field.name(): field.typeName() for field in layer.fields()},
        "aliases": {
            field.name(): layer.attributeDisplayName(layer.fields().indexFromName(field.name()))
            for field in layer.fields()
        },
        "widgets": {
            field.name(): layer.editorWidgetSetup(layer.fields().indexFromName(field.name())).type()
            for field in layer.fields()
        },
        "renderer": layer.renderer().type(),
        "n_styles": style[0],
        "sublayers": sublayers,
    }


def edit(layer: QgsVectorLayer, edits: dict) -> None:
    """Edits in the layer's edit buffer and saves it."""
    by_id = {feature["feature_id"]: feature for feature in layer.getFeatures()}
    fields = layer.fields()
    if not layer.startEditing():
        sys.exit("QGIS does not begin to edit")
    for feature_id, values in edits.get("attributes", {}).items():
        for name, value in values.items():
            value = NULL if value is None else value
            check(layer.changeAttributeValue(by_id[feature_id].id(), fields.indexFromName(name), value), "attribute")
    for feature_id, (x, y) in edits.get("moves", {}).items():
        check(layer.changeGeometry(by_id[feature_id].id(), QgsGeometry.fromPointXY(QgsPointXY(x, y))), "geometry")
    for values in edits.get("inserts", []):
        point = QgsGeometry.fromPointXY(QgsPointXY(values.pop("x"), values.pop("y")))
        named = {fields.indexFromName(name): value for name, value in values.items()}
        check(layer.addFeature(QgsVectorLayerUtils.createFeature(layer, point, named)), "insert")
    for feature_id in edits.get("copies", []):
        # What "copy" and "paste" do: QGIS sees that an id must not stand twice.
        origin = by_id[feature_id]
        values = {place: value for place, value in enumerate(origin.attributes()) if fields[place].name() != "fid"}
        copy = QgsFeature(QgsVectorLayerUtils.createFeature(layer, origin.geometry(), values))
        check(layer.addFeature(copy), "copy")
    for feature_id in edits.get("deletes", []):
        check(layer.deleteFeature(by_id[feature_id].id()), "delete")
    if not layer.commitChanges():
        sys.exit("QGIS cannot save: " + "; ".join(layer.commitErrors()))


def check(is_done: bool, what: str) -> None:
    """Ends the script where QGIS refuses an edit."""
    if not is_done:
        sys.exit(f"QGIS refuses: {what}")


main()
