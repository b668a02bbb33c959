"""`gis-capture inspect`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_capture.cli.accounting import needs_attention, print_problems
from gis_capture.cli.language import Command, language_of, option
from gis_capture.cli.layout_option import layout_option
from gis_capture.cli.position_options import (
    against_option,
    check_placing,
    notation_option,
    place_by_option,
    place_column_option,
    read_said,
    role_option,
)
from gis_capture.cli.recipes import find_recipe
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import LayerError, WorkspaceError
from gis_capture.ledger.recipes.files import write_recipe
from gis_capture.ledger.recipes.fitting import fit_recipe
from gis_capture.ledger.recipes.recipe import PlaceRule, Recipe
from gis_capture.locate.crs import parse_crs
from gis_capture.model import FieldType, Layer
from gis_capture.report.export import replacing
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.convert import InspectedTable, Inspection


COORDINATES = {
    "lonlat_columns": Text("緯度・経度の列", "columns of latitude and longitude"),
    "dms_columns": Text("度分秒の列", "degrees, minutes and seconds"),
    "packed_dms": Text("つづけ書きの度分秒", "packed degrees, minutes and seconds"),
    "latlon_in_one": Text("緯度・経度が1つの列", "latitude and longitude in one column"),
    "plane_xy": Text("平面直角座標", "plane rectangular coordinates"),
    "grid_reference": Text("UTMポイント（MGRS）", "grid references (MGRS)"),
    "mesh_code": Text("メッシュコード", "mesh codes"),
    "none": Text("座標の列なし", "no columns of coordinates"),
}
GEOMETRIES = {
    "Point": Text("点", "points"),
    "LineString": Text("線", "lines"),
    "Polygon": Text("面", "areas"),
    "MultiPoint": Text("複数の点", "multipoints"),
    "MultiLineString": Text("複数の線", "multilines"),
    "MultiPolygon": Text("複数の面", "multi-areas"),
    "Geometry": Text("その他", "others"),
}
TYPES = {
    FieldType.TEXT: Text("文字", "text"),
    FieldType.INTEGER: Text("整数", "integer"),
    FieldType.REAL: Text("数", "number"),
    FieldType.BOOLEAN: Text("はい・いいえ", "yes or no"),
    FieldType.DATE: Text("日付", "date"),
    FieldType.DATETIME: Text("日時", "date and time"),
}


@click.command(
    "inspect",
    cls=Command,
    words=Text(
        "台帳に何が入っているかを調べます。何も書きません。",
        "Tells what is in a ledger. Writes nothing.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--save-recipe",
    "recipe_path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "読み取り方をレシピ(TOML)に書きます。次の台帳は convert --recipe で同じように取り込めます。",
        "Writes how it was read to a recipe (TOML); the next ledger of its shape converts with --recipe.",
    ),
)
@option(
    "--form",
    "is_form",
    is_flag=True,
    help=Text(
        "1シート1件の様式(個票)として、最初のシートからレシピを作ります(--save-recipe と使います)。",
        "With --save-recipe: takes the first sheet for a form of which each sheet is one record.",
    ),
)
@option(
    "--recipe",
    "by_recipe",
    default=None,
    help=Text("このレシピ(名前かファイル)で読みます。", "Reads by this recipe, a name or a file."),
)
@option(
    "--layer",
    default=None,
    help=Text("--save-recipe に書くレイヤー。省くと一番合うもの。", "Layer for --save-recipe; by default the best."),
)
@option(
    "--crs",
    default=None,
    help=Text("--save-recipe に書く座標の測地系(例 EPSG:6675)。", "CRS of the coordinates for --save-recipe."),
)
@role_option
@notation_option
@place_by_option
@against_option
@place_column_option
@layout_option
@workspace_option
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def command(
    file: Path,
    recipe_path: Path | None,
    is_form: bool,
    by_recipe: str | None,
    layer: str | None,
    crs: str | None,
    roles: tuple[str, ...],
    notation: str | None,
    place_by: str | None,
    against: tuple[str, ...],
    place_column: str,
    layout: Path | None,
    folder: Path | None,
    is_json: bool,
) -> int:
    """Prints the tables found in a file; the exit code is 3 when rows need attention, except with --json."""
    inspection, layers, recipe = _inspect(file, by_recipe, layout, folder)
    if recipe is not None:
        fit_recipe(inspection.reading, recipe)
    language = language_of()
    if recipe_path is not None:
        check_placing(place_by, against, place_column)
        rule = PlaceRule(place_by, against, place_column) if place_by else None
        kept = {"layer": layer, "crs": crs, "said": read_said(roles, notation), "place_by": rule}
        made = _save_recipe(recipe_path, inspection, layers, kept, is_form=is_form)
        if is_form:
            # What is told is how the recipe reads it.
            inspection, layers, _ = _inspect(file, made, layout, folder)
    document = inspection.to_json(language)
    if is_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    source = document["source"]
    click.echo(f"{source['path']}  ({source['driver']}, {source['encoding'] or '-'})")
    for table, described in zip(inspection.tables, document["tables"], strict=True):
        _print_table(table, described, {layer.key: layer for layer in layers}, language)
    print_problems(inspection.problems, language=language)
    return 3 if needs_attention(inspection.problems) else 0


def _inspect(
    file: Path, recipe: str | Recipe | None, layout: Path | None, folder: Path | None
) -> tuple["Inspection", Sequence[Layer], Recipe | None]:
    """Inspects with the layers of the workspace, outside of one with those of the installation."""
    from gis_capture.convert import inspect_source
    from gis_capture.definitions import read_layers
    from gis_capture.resources import layers_dir

    try:
        with open_workspace(folder) as workspace:
            found = find_recipe(recipe, workspace) if isinstance(recipe, str) else recipe
            return workspace.inspect(file, recipe=found, layout=layout), workspace.known_layers(), found
    except WorkspaceError:
        if folder is not None:
            raise
    layers = read_layers(layers_dir())
    found = find_recipe(recipe, None) if isinstance(recipe, str) else recipe
    return inspect_source(file, layers=layers, recipe=found, layout=layout), layers, found


def _save_recipe(
    path: Path, inspection: "Inspection", layers: Sequence[Layer], kept: dict[str, Any], *, is_form: bool
) -> Recipe:
    from gis_capture.convert.recipes import make_form_recipe, make_recipe

    if is_form:
        recipe = make_form_recipe(inspection.reading, layers)
    else:
        key = kept.pop("layer") or inspection.layer_key
        layer = next((layer for layer in layers if layer.key == key), None)
        if layer is None:
            raise LayerError(Text(f"「{key}」というレイヤーはありません。", f'There is no layer "{key}".'), layer=key)
        if kept["crs"]:
            parse_crs(kept["crs"])
        kept["said"].check(column.name for table in inspection.reading.tables for column in table.columns)
        recipe = make_recipe(inspection.reading, layer, **kept)
    with replacing(path) as unfinished:
        write_recipe(recipe, unfinished)
    told = Text(f"読み取り方を「{path}」に書きました。", f'Wrote how it is read to "{path}".')
    click.echo(told.in_language(language_of()), err=True)
    return recipe


def _position(described: dict[str, Any]) -> Text:
    """Geometries of the source with their CRS, or the columns that hold a position."""
    coordinates = described["coordinates"]
    if described["has_geometries"]:
        counts = [(GEOMETRIES[kind], n) for kind, n in described["geometry_types"].items()]
        crs = described["crs"]
        return Text(
            f"図形（{'・'.join(f'{kind.ja}{n:,}' for kind, n in counts)}）、座標系 {crs or 'の記載なし'}",
            f"geometries ({', '.join(f'{n:,} {kind.en}' for kind, n in counts)}), CRS {crs or 'not stated'}",
        )
    kind = COORDINATES.get(coordinates["kind"], Text(coordinates["kind"], coordinates["kind"]))
    crs = "" if coordinates["crs"] in (None, "unknown") else f" {coordinates['crs']}"
    return Text(f"{kind.ja}{crs}", f"{kind.en}{crs}")


def _placing(described: dict[str, Any]) -> list[Text]:
    """The readings of coordinates that were compared, and the layers that rows may be placed against."""
    found = []
    for reading in described["readings"]:
        fits = Text(f"{reading['share']:.0%}の行が載る", f"{reading['share']:.0%} of the rows can lie there")
        if reading["distance_m"] is not None:
            away = f"{reading['distance_m']:,.0f}m"
            if reading["margin_m"]:
                away += f" ({reading['margin_m']:+,.0f}m)"
            fits = Text(f"住所との差 {away}", f"{away} from the addresses")
        found.append(
            Text(
                f"  座標の読み方: {reading['words']}、{fits.ja}",
                f"  reading of the coordinates: {reading['words_en']}, {fits.en}",
            )
        )
    for way in described["place_by"]:
        names = "・".join(way["columns"])
        found.append(
            Text(
                f"  置く手がかり: {names} → convert --place-by {way['way']} --against レイヤー",
                f"  may be placed by: {names} → convert --place-by {way['way']} --against LAYER",
            )
        )
    return found


def _print_table(
    table: "InspectedTable", described: dict[str, Any], layers: Mapping[str, Layer], language: str
) -> None:
    position = _position(described).in_language(language)
    layer = layers.get(table.layer_key)
    title = layer.title.in_language(language) if layer else table.layer_key
    header = "・".join(map(str, described["header_rows"])) or "-"
    lines = (
        Text(
            f"表「{described['name']}」 データ {described['n_rows']:,} 行",
            f'Table "{described["name"]}": {described["n_rows"]:,} rows',
        ),
        Text(f"  合うレイヤー: {title}({table.layer_key})", f"  layer that fits: {title} ({table.layer_key})"),
        Text(
            f"  見出し: {header} 行目、対象外の行: {len(described['skipped']):,}",
            f"  header: row {header}, {len(described['skipped']):,} rows are no data",
        ),
        Text(f"  位置: {position}", f"  position: {position}"),
    )
    for line in (*lines, *_placing(described)):
        click.echo(line.in_language(language))
    of_position = {name for names in (described["coordinates"].get("columns") or {}).values() for name in names}
    for column in described["columns"]:
        field = next((one for one in layer.fields if one.name == column["field"]), None) if layer else None
        nowhere = Text("位置", "position") if column["name"] in of_position else Text("-", "-")
        target = (field.title if field else nowhere).in_language(language)
        kind_of_column = TYPES[FieldType(column["type"])].in_language(language)
        empty = Text(f"空欄 {column['n_empty']:,}", f"{column['n_empty']:,} empty").in_language(language)
        click.echo(f"    {column['name']} → {target} ({kind_of_column}、{empty})")
