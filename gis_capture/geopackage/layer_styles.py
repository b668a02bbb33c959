"""Styles that QGIS finds in a GeoPackage: colours, Japanese names, choices, and ids for new rows.

QGIS reads them from a table `layer_styles` (docs.qgis.org, "Save and Load Layer Properties"); other programs see
a table without geometry. QField takes them from the project that was made of the file.
"""

import sqlite3
from collections.abc import Iterable
from xml.etree import ElementTree as xml

from gis_capture.geopackage.names import FEATURE_ID, FID, GEOMETRY, POSITION_COLUMNS, REVISION
from gis_capture.model import Field, FieldType, Layer

TABLE = "layer_styles"
_SCHEMA = f"""CREATE TABLE {TABLE} (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""
_SYMBOLS = {"Point": "marker", "MultiPoint": "marker", "LineString": "line", "MultiLineString": "line"}
_CATEGORIES = "Symbology|Fields|Forms"


def put_layer_styles(connection: sqlite3.Connection, layers: Iterable[Layer], titles: dict[str, str]) -> None:
    """Writes the default style of each layer; `titles` are those of the columns that every layer has."""
    connection.execute(_SCHEMA)
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES (?, 'attributes', ?, '', 0)",
        (TABLE, TABLE),
    )
    connection.executemany(
        f"INSERT INTO {TABLE} (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,"
        " styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, ?, ?, ?, '', 1, '', '')",
        ((layer.key, GEOMETRY, layer.key[:30], write_qml(layer, titles)) for layer in layers),
    )


def write_qml(layer: Layer, titles: dict[str, str]) -> str:
    """Gives the style of a layer as QGIS writes it."""
    root = xml.Element("qgis", version="3.22.0", styleCategories=_CATEGORIES)
    if layer.geometry_type != "Geometry":
        _put_renderer(root, layer)
    widgets = xml.SubElement(root, "fieldConfiguration")
    for field in layer.fields:
        _put_widget(widgets, field)
    aliases = xml.SubElement(root, "aliases")
    named = {**{field.name: field.title.ja for field in layer.fields}, **titles}
    for place, (name, title) in enumerate(named.items()):
        xml.SubElement(aliases, "alias", field=name, index=str(place), name=title)
    defaults = xml.SubElement(root, "defaults")
    # A row that has its id from the beginning can be named by others before it comes back.
    expression = "uuid('WithoutBraces')"
    xml.SubElement(defaults, "default", field=FEATURE_ID, expression=expression, applyOnUpdate="0")
    editable = xml.SubElement(root, "editable")
    for name in (FID, FEATURE_ID, REVISION, *POSITION_COLUMNS, *(one.name for one in layer.fields if one.is_read_only)):
        xml.SubElement(editable, "field", name=name, editable="0")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + xml.tostring(root, encoding="unicode")


def _put_renderer(root: xml.Element, layer: Layer) -> None:
    style, colors = layer.style, [(layer.style.color, layer.style.shape)]
    if not (style.category_field and style.categories):
        renderer = xml.SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0")
    else:
        renderer = xml.SubElement(
            root,
            "renderer-v2",
            type="categorizedSymbol",
            attr=style.category_field,
            symbollevels="0",
            enableorderby="0",
        )
        categories = xml.SubElement(renderer, "categories")
        colors = [*((one.color, one.shape) for one in style.categories), (style.color, style.shape)]
        codes = [one.code for one in style.categories]
        for place, code in enumerate([*codes, ""]):
            xml.SubElement(categories, "category", value=code, symbol=str(place), label=code, render="true")
    symbols = xml.SubElement(renderer, "symbols")
    kind = _SYMBOLS.get(layer.geometry_type, "fill")
    for place, (color, shape) in enumerate(colors):
        _put_symbol(symbols, str(place), kind, color, shape)


def _put_symbol(symbols: xml.Element, name: str, kind: str, color: str, shape: str) -> None:
    symbol = xml.SubElement(symbols, "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0")
    rgb = ",".join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))
    classes = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}
    part = xml.SubElement(symbol, "layer", {"class": classes[kind], "enabled": "1", "pass": "0", "locked": "0"})
    values = {
        "marker": {"name": shape, "color": f"{rgb},255", "size": "3", "outline_color": "255,255,255,255"},
        "line": {"line_color": f"{rgb},255", "line_width": "0.7"},
        "fill": {"color": f"{rgb},64", "outline_color": f"{rgb},255", "outline_width": "0.5"},
    }
    for key, value in values[kind].items():
        xml.SubElement(part, "prop", k=key, v=value)


def _put_widget(widgets: xml.Element, field: Field) -> None:
    """The choices of a domain; a calendar for dates. Where other values are allowed, the text stays free."""
    if field.domain is not None and field.domain.codes and not field.domain.allows_other:
        options = _options(widgets, field, "ValueMap")
        listed = xml.SubElement(options, "Option", type="List", name="map")
        for code in field.domain.codes:
            pair = xml.SubElement(listed, "Option", type="Map")
            xml.SubElement(pair, "Option", type="QString", name=code.title.ja, value=code.code)
    elif field.type is FieldType.DATE:
        options = _options(widgets, field, "DateTime")
        for name in ("field_format", "display_format"):
            xml.SubElement(options, "Option", type="QString", name=name, value="yyyy-MM-dd")
        for name in ("calendar_popup", "allow_null"):
            xml.SubElement(options, "Option", type="bool", name=name, value="true")
    elif field.type is FieldType.BOOLEAN:
        _options(widgets, field, "CheckBox")


def _options(widgets: xml.Element, field: Field, widget: str) -> xml.Element:
    place = xml.SubElement(widgets, "field", name=field.name)
    config = xml.SubElement(xml.SubElement(place, "editWidget", type=widget), "config")
    return xml.SubElement(config, "Option", type="Map")
