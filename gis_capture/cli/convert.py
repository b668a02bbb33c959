"""`gis-capture convert`."""

import json
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.accounting import accounting_line, needs_attention, print_problems, print_reasons, print_tables
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
from gis_capture.cli.reimport import check_list_name, print_reimport
from gis_capture.cli.track_options import read_tracks, track_options
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.convert import Conversion
from gis_capture.report.export import replacing
from gis_capture.resources import leaflet_dir
from gis_capture.text import Text
from gis_capture.workspace import Workspace


@click.command(
    "convert",
    cls=Command,
    words=Text(
        "台帳を取り込みます。すべての行の行き先を表示します。",
        "Brings a ledger into the map. Tells what became of every row.",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@option(
    "--layer",
    default=None,
    help=Text(
        "レイヤーのキー。省くと台帳に一番合うものを選びます。", "Key of the layer; by default the one that fits best."
    ),
)
@option(
    "--table",
    "tables",
    multiple=True,
    help=Text(
        "取り込む表かシートの名前。くり返せます。省くと台帳の表すべて。",
        "Name of a table or sheet to take; may be repeated. By default every ledger of the file.",
    ),
)
@option(
    "--crs",
    default=None,
    help=Text(
        "座標の測地系(例 EPSG:6675)。台帳に書いてないとき。",
        "CRS of the coordinates (EPSG:6675), if the ledger does not say.",
    ),
)
@option(
    "--dry-run", "is_dry_run", is_flag=True, help=Text("書かずに結果だけ見ます。", "Shows the result, writes nothing.")
)
@option(
    "--update",
    "is_update",
    is_flag=True,
    help=Text(
        "前回の続きとして、変わったところだけを取り込みます。現場で直した値は残ります。",
        "Takes only what differs from the last version of the ledger; edits of crews stay.",
    ),
)
@option(
    "--key",
    multiple=True,
    help=Text(
        "--update で行を突き合わせる列。省くと台帳番号など。くり返せます。",
        "Column to match rows by, for --update; by default the ledger's number. May be repeated.",
    ),
)
@option(
    "--base",
    metavar="ID",
    default=None,
    help=Text(
        "--update で比べる取り込み。省くと番号が一番合うもの。",
        "Import to compare with, for --update; by default the one that shares most keys.",
    ),
)
@option(
    "--as-new",
    "--again",
    "is_repeat_allowed",
    is_flag=True,
    help=Text(
        "取り込み済みの台帳やその続きでも、別の台帳として全部加えます。",
        "Adds all rows as another ledger, even if it was imported before.",
    ),
)
@option(
    "--as-list",
    "is_list",
    is_flag=True,
    help=Text(
        "1シート1件の様式(個票)のように見えるブックも、表として取り込みます。",
        "Takes a workbook whose sheets seem to be forms of one record each for tables all the same.",
    ),
)
@option(
    "--recipe",
    default=None,
    help=Text(
        "レシピ(作業フォルダーの recipes にある名前か、TOML ファイル)のとおりに取り込みます。",
        "Converts by a recipe: a name in the folder recipes of the workspace, or a TOML file.",
    ),
)
@option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "取り込みの地図を1つの HTML ファイルに書きます。--update では変わるところの一覧(.html、.xlsx、.csv)。",
        "Writes the map of the import to one HTML file; with --update the list of what changes (.html, .xlsx, .csv).",
    ),
)
@place_by_option
@against_option
@place_column_option
@role_option
@notation_option
@track_options
@layout_option
@option(
    "--fix-list",
    "fix_list",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "直す箇所に色とコメントを付けた Excel ファイルを書きます。直して、もう一度取り込めます。",
        "Writes the ledger as a workbook with what to mend coloured and commented; mend it and import it again.",
    ),
)
@workspace_option
@option("--json", "is_json", is_flag=True, help=Text("JSON で出力します。", "Prints JSON."))
def command(
    file: Path,
    layer: str | None,
    tables: tuple[str, ...],
    crs: str | None,
    is_dry_run: bool,
    is_update: bool,
    key: tuple[str, ...],
    base: str | None,
    is_repeat_allowed: bool,
    is_list: bool,
    recipe: str | None,
    report: Path | None,
    layout: Path | None,
    fix_list: Path | None,
    place_by: str | None,
    against: tuple[str, ...],
    place_column: str,
    roles: tuple[str, ...],
    notation: str | None,
    tracks: tuple[Path, ...],
    camera_ahead: float,
    camera_zone: str,
    track_gap: float,
    folder: Path | None,
    is_json: bool,
) -> int:
    """Converts a ledger; the exit code is 3 when rows need attention."""
    language = language_of()
    if (key or base) and not is_update:
        told = Text("--key と --base は --update と一緒に使います。", "--key and --base go with --update.")
        raise click.UsageError(told.in_language(language))
    if is_update and len(tables) > 1:
        told = Text("--update で選べる表は1つです。", "--update takes one table.")
        raise click.UsageError(told.in_language(language))
    check_placing(place_by, against, place_column)
    placing: dict[str, Any] = {"place_by": place_by, "against": against, "place_column": place_column}
    placing["said"] = read_said(roles, notation)
    track = read_tracks(tracks, camera_ahead, camera_zone, track_gap)
    if is_update:
        if is_repeat_allowed:
            told = Text(
                "--update と --as-new は一緒に使えません。どちらかを外してください。",
                "--update does not go with --as-new: leave one of them out.",
            )
            raise click.UsageError(told.in_language(language))
        check_list_name(report)
        with open_workspace(folder) as workspace:
            reimport = workspace.reimport(
                file,
                layer=layer,
                base=base,
                key=key,
                table=tables[0] if tables else None,
                crs=crs,
                is_dry_run=is_dry_run,
                recipe=find_recipe(recipe, workspace) if recipe else None,
                track=track,
                **placing,
            )
        return print_reimport(reimport, file, report=report, is_json=is_json, language=language)
    if report and is_dry_run:
        told = Text(
            "--dry-run では取り込まないため、--report の地図は作れません。どちらかを外してください。",
            "--dry-run imports nothing that --report could show: leave one of them out.",
        )
        raise click.UsageError(told.in_language(language))
    with open_workspace(folder) as workspace:
        ruled = find_recipe(recipe, workspace) if recipe else None
        conversion = workspace.convert(
            file,
            layer=layer,
            table=tables or None,
            crs=crs,
            layout=layout,
            is_dry_run=is_dry_run,
            is_repeat_allowed=is_repeat_allowed,
            is_list=is_list,
            recipe=ruled,
            track=track,
            **placing,
        )
        titles = {known.key: known.title for known in workspace.known_layers()}
        if report and conversion.import_id:
            _write_report(report, workspace, conversion.import_id, language)
    if fix_list:
        _write_fix_list(fix_list, file, conversion, {"recipe": ruled, "layout": layout}, language)
    if is_json:
        click.echo(json.dumps(conversion.to_json(language), ensure_ascii=False, indent=2))
    else:
        line = accounting_line(
            n_source_rows=conversion.n_source_rows,
            n_loaded=conversion.n_loaded,
            n_unlocated=conversion.n_unlocated,
            n_rejected=conversion.n_rejected,
            n_skipped=conversion.n_skipped,
            language=language,
        )
        title = titles[conversion.layer].in_language(language) if conversion.layer in titles else file.stem
        click.echo(f"{file.name} → {title}({conversion.layer})\n  {line}")
        print_tables(conversion.tables, titles, language=language)
        print_reasons(conversion.to_json(language)["reasons"])
        print_problems(conversion.problems, language=language)
    is_doubtful = conversion.n_unlocated or conversion.n_rejected or needs_attention(conversion.problems)
    return 3 if is_doubtful else 0


def _write_fix_list(path: Path, file: Path, conversion: Conversion, read: dict[str, Any], language: str) -> None:
    # Imported here, because openpyxl takes long to load.
    from gis_capture.report.fix_list import write_fix_list

    problems = [problem.to_json(language) for problem in conversion.problems]
    with replacing(path) as unfinished:
        n_marked = write_fix_list(file, problems, unfinished, language=language, **read)
    told = Text(f"{n_marked:,} か所に印を付けて「{path}」に書きました。", f'Marked {n_marked:,} cells in "{path}".')
    click.echo(told.in_language(language), err=True)


def _write_report(path: Path, workspace: Workspace, import_id: str, language: str) -> None:
    # Imported here, because folium takes long to load.
    from gis_capture.report.html_map import import_map

    page = import_map(workspace.store, import_id, leaflet_dir=leaflet_dir(), language=language)
    with replacing(path) as unfinished:
        unfinished.write_text(page, encoding="utf-8", newline="\n")
