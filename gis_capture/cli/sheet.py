"""`gis-capture sheet`: field sheets on paper, printed and read back."""

from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import Command, Group, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import FeatureError
from gis_capture.model import parse_bbox
from gis_capture.text import Text

KINDS = {
    "loop": Text("囲み", "loop"),
    "cross": Text("×印", "cross"),
    "tick": Text("チェック", "tick"),
    "arrow": Text("矢印", "arrow"),
    "line": Text("線", "line"),
    "writing": Text("文字", "writing"),
    "stamp": Text("印影", "stamp"),
}
STATES = {
    "no_sheet": Text("調査図ではありません(裏面など)。", "no field sheet (a back, perhaps)."),
    "other_store": Text("ほかの作業フォルダーの調査図です。", "a sheet of another workspace."),
    "unknown_sheet": Text(
        "どの調査図か分かりません。QR と四隅の印が写るように撮り直してください。",
        "it cannot be told which sheet it is: take it again with its codes and corners.",
    ),
    "few_markers": Text(
        "四隅の印が足りません(3つ要ります)。全体が写るように撮り直してください。",
        "fewer than three corner markers are seen: take it again as a whole.",
    ),
    "no_color": Text(
        "白黒のスキャンなので、赤ペンを見分けられません。カラーでスキャンし直してください。",
        "it is in black and white, so that red cannot be told apart: scan it again in colour.",
    ),
}
command = Group(
    "sheet",
    modules={},
    words=Text(
        "紙の調査図を印刷し、赤ペンで書き込んだものを読み取ります。",
        "Prints field sheets, and reads back what was marked on them with a red pen.",
    ),
)


def _scale(_: click.Context, __: click.Parameter, value: str) -> int:
    number = value.replace(",", "").removeprefix("1:").removeprefix("1/")
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise FeatureError(
            Text(f"縮尺「{value[:20]}」は 1:500 のように書いてください。", f'Write the scale "{value[:20]}" as 1:500.'),
            code="sheet_scale",
        )
    return int(number)


@command.command(
    "print",
    cls=Command,
    words=Text(
        "範囲の調査図を正しい縮尺の PDF にします。入りきらないときは何枚かに分けます。裏は地物の一覧です。",
        "Makes a PDF of an area at a true scale, on several sheets where one is too small; on the back is a list.",
    ),
)
@click.argument("layers", nargs=-1)
@option("--bbox", metavar="W,S,E,N", default=None, help=Text("範囲(西,南,東,北、度)。", "Area in degrees."))
@option(
    "--area",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text("範囲を面で書いた GeoJSON ファイル。", "A GeoJSON file with the polygons of the area."),
)
@option("--scale", default="1:500", callback=_scale, help=Text("縮尺。", "Scale."))
@option("--paper", type=click.Choice(["A4", "A3"]), default="A4", help=Text("用紙(横)。", "Paper, on its long side."))
@option("--title", default="", help=Text("見出し。省くとレイヤーの名前。", "Heading; default: names of the layers."))
@option("--crew", default="", help=Text("持って行く班。", "Crew that takes it."))
@option(
    "--survey-on", default="", help=Text("調査日。省くと書き込む欄。", "Day of the survey; default: a line to fill in.")
)
@option(
    "--crs",
    default=None,
    help=Text("座標系(例: 7系、EPSG:6675)。省くと事務所の系。", 'CRS ("EPSG:6675"); default: the zone of the office.'),
)
@option(
    "--basemap",
    default=None,
    help=Text("下に敷く背景地図の名前。「-」なら敷きません。", 'Base map below it; "-" for none, default: the first.'),
)
@option(
    "--out",
    "path",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help=Text("書き出す PDF。", "The PDF to write."),
)
@workspace_option
def print_sheets(
    layers: tuple[str, ...],
    bbox: str | None,
    area: Path | None,
    scale: int,
    paper: str,
    title: str,
    crew: str,
    survey_on: str,
    crs: str | None,
    basemap: str | None,
    path: Path,
    folder: Path | None,
) -> None:
    """Prints, and says which sheets were made."""
    import shapely

    from gis_capture.workspace.areas import read_area
    from gis_capture.workspace.sheets import SheetOrder

    shape = read_area(area) if area else shapely.box(*parse_bbox(bbox)) if bbox else None
    name = None if basemap is None else basemap.removeprefix("-")
    with open_workspace(folder) as workspace:
        workspace.adopt_direct_edits()
        order = SheetOrder(layers, shape, scale, paper, title, crew, crs, name, survey_on)
        records = workspace.sheets.print_sheets(order, path)
    for record in records:
        n = len(record.features)
        say(Text(f"No.{record.sheet.number}: 地物 {n:,}件", f"No. {record.sheet.number}: {n:,} features"))
    say(
        Text(
            f"「{path}」に調査図を {len(records)}枚書きました。拡大・縮小なし(100%)で印刷してください。",
            f'Wrote {len(records)} sheets to "{path}". Print at 100 %, without fitting to the page.',
        )
    )


@command.command(
    "read",
    cls=Command,
    words=Text(
        "赤ペンで書き込んだ調査図のスキャンや写真(PDF・JPEG・PNG・TIFF)を読み取ります。"
        "書き込みは提案として残り、事務所の画面か sheet accept で決めるまで何も変わりません。",
        "Reads scans or photos of marked sheets (PDF, JPEG, PNG, TIFF). Marks are kept as proposals: nothing changes "
        "until a person decides on them at the office page or with sheet accept.",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option("--author", default="", help=Text("読み取る人の名前。", "Who reads it."))
@workspace_option
def read(files: tuple[Path, ...], author: str, folder: Path | None) -> int:
    """Reads each file, and tells what was found; the exit code is 3 where a page could not be read."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE

    is_all_read = True
    with open_workspace(folder) as workspace:
        for path in files:
            reading = workspace.readings.read(workspace.readings.take(path, name=path.name, author=author))
            say(Text(f"{path.name}: 読み取り {reading['reading_id']}", f"{path.name}: reading {reading['reading_id']}"))
            if reading["error"]:
                say(Text(f"  {reading['error']['ja']}", f"  {reading['error']['en']}"), error=True)
            for page in reading["pages"]:
                _tell_page(page)
            is_all_read &= not reading["error"] and any(page["state"] == "read" for page in reading["pages"])
    return EXIT_DONE if is_all_read else EXIT_ATTENTION


def _tell_page(page: dict[str, Any]) -> None:
    n = page["page"]
    if page["state"] != "read":
        words = STATES[page["state"]]
        say(Text(f"  {n}ページ: {words.ja}", f"  Page {n}: {words.en}"), error=True)
        return
    error = "?" if page["error_mm"] is None else f"{page['error_mm']:.2f} mm = {page['error_m']:.2f} m"
    n_marks = len(page["marks"])
    say(
        Text(
            f"  {n}ページ: 調査図 No.{page['sheet']}、印 {page['n_markers']}/4、ずれ {error}、書き込み {n_marks}件",
            f"  Page {n}: sheet {page['sheet']}, markers {page['n_markers']}/4, error {error}, {n_marks} marks",
        )
    )
    for mark in page["marks"]:
        about = ",".join(map(str, mark["numbers"])) or "-"
        kind = KINDS[mark["kind"]]
        say(Text(f"    {mark['mark_id']:<6} {kind.ja}  → {about}", f"    {mark['mark_id']:<6} {kind.en}  → {about}"))


@command.command(
    "accept",
    cls=Command,
    words=Text(
        "読み取った書き込みを1つ決めます。決めたことは変更として履歴に残り、ほかの人の変更と合わさります。",
        "Decides on a mark that was read; what is accepted becomes a change and is merged with those of others.",
    ),
)
@click.argument("reading_id")
@click.argument("mark_id")
@click.argument("action", type=click.Choice(["delete", "move", "update", "insert", "note", "discard"]))
@option("--number", type=int, default=None, help=Text("地物の紙の番号。", "Number of the feature on the sheet."))
@option("--layer", default="", help=Text("新しい地物のレイヤー。", "Layer of a new feature."))
@option(
    "--set",
    "values",
    multiple=True,
    metavar="FIELD=VALUE",
    help=Text("項目の新しい値(何度でも指定可)。", "New value of a field; may be repeated."),
)
@option("--note", default="", help=Text("メモ。", "Text of a note."))
@option("--author", default="", help=Text("決める人の名前。", "Who decides."))
@workspace_option
def accept(
    reading_id: str,
    mark_id: str,
    action: Any,
    number: int | None,
    layer: str,
    values: tuple[str, ...],
    note: str,
    author: str,
    folder: Path | None,
) -> int:
    """Decides; the exit code is 3 where it became a conflict or was refused."""
    from gis_capture.cli import EXIT_ATTENTION, EXIT_DONE
    from gis_capture.cli.receipts import is_all_stored, print_receipts
    from gis_capture.workspace.sheets.proposals import Decision, decide

    fields = dict(one.partition("=")[::2] for one in values)
    with open_workspace(folder) as workspace:
        workspace.adopt_direct_edits()
        made = decide(workspace, reading_id, mark_id, Decision(action, number, layer, fields, note, author))
    receipt = made["receipt"]
    if receipt is None:
        say(Text("見送りました。", "Discarded."))
        return EXIT_DONE
    print_receipts([receipt])
    return EXIT_DONE if is_all_stored([receipt]) else EXIT_ATTENTION
