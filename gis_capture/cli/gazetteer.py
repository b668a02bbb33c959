"""`gis-capture gazetteer`: the address dictionary of a workspace."""

from datetime import UTC, datetime
from pathlib import Path

import click

from gis_capture.cli.language import Command, Group, language_of, option, say
from gis_capture.cli.workspace_option import open_workspace, workspace_option
from gis_capture.errors import SourceError
from gis_capture.text import Text

command = Group(
    "gazetteer",
    modules={},
    words=Text(
        "住所辞書を作り、調べます。座標のない台帳が住所から地図に載ります。",
        "Builds and searches the address dictionary. It places ledgers that have no coordinates.",
    ),
)

_LEVELS = {
    "none": Text("見つからない", "nothing"),
    "prefecture": Text("都道府県まで", "prefecture"),
    "city": Text("市区町村まで", "city"),
    "district": Text("地区まで", "district"),
    "town": Text("町・大字まで", "town"),
    "chome": Text("丁目まで", "chome"),
    "koaza": Text("小字まで", "koaza"),
    "block": Text("街区まで", "block"),
    "lot": Text("地番・号まで", "lot"),
}
_FACTS = {
    "built_at": Text("作成日時", "built at"),
    "sources": Text("もとのファイル", "sources"),
    "n_city": Text("市区町村", "cities"),
    "n_town": Text("町・丁目・小字", "towns"),
    "n_lot": Text("街区・地番", "blocks and lots"),
}
_COUNTS = {"n_cities": "n_city", "n_towns": "n_town", "n_lots": "n_lot"}


def _path(folder: Path | None) -> Path:
    with open_workspace(folder) as workspace:
        return workspace.folder.gazetteer_path


@command.command(
    "build",
    cls=Command,
    words=Text(
        "公開されている住所データから辞書を作ります(位置参照情報、アドレス・ベース・レジストリ、町の一覧の CSV・zip)。"
        "登記所備付地図や、大字・地番の列があるレイヤーも使えます。",
        "Builds the dictionary from public tables: ISJ, Address Base Registry, lists of towns (CSV, zip); also from "
        "parcels of the Ministry of Justice and any layer with columns 大字, 地番.",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@workspace_option
def build(files: tuple[Path, ...], folder: Path | None) -> None:
    """Builds the gazetteer of a workspace anew."""
    from gis_capture.workspace.gazetteers import build_for

    with open_workspace(folder) as workspace:
        path, at = workspace.folder.gazetteer_path, datetime.now(UTC).isoformat(timespec="seconds")
        counts = build_for(workspace.folder, files, limits=workspace.limits, built_at=at)
    listed = [(_FACTS[_COUNTS[name]], f"{n:,}") for name, n in counts.items()]
    ja, en = "、".join(f"{words.ja} {n}" for words, n in listed), ", ".join(f"{words.en} {n}" for words, n in listed)
    say(Text(f"住所辞書を作りました: {path}({ja})", f"Built {path} ({en})"))


@command.command("info", cls=Command, words=Text("辞書の内容を表示します。", "Tells what is in the dictionary."))
@workspace_option
def info(folder: Path | None) -> None:
    """Prints counts and sources."""
    from gis_capture.locate.gazetteer import Gazetteer

    with Gazetteer(_existing(folder)) as gazetteer:
        for name, value in gazetteer.info().items():
            label = _FACTS[name].in_language(language_of()) if name in _FACTS else name
            click.echo(f"{label}: {value:,}" if isinstance(value, int) else f"{label}: {', '.join(value.splitlines())}")


@command.command("search", cls=Command, words=Text("住所の位置を調べます。", "Looks an address up."))
@click.argument("address")
@option("--city", default=None, help=Text("市町村名。住所に書いてないとき。", "City, where the address names none."))
@workspace_option
def search(address: str, city: str | None, folder: Path | None) -> int:
    """Prints the match; the exit code is 3 when there is none."""
    from gis_capture.locate.gazetteer import Gazetteer

    with open_workspace(folder) as workspace:
        home = workspace.folder.city
    with Gazetteer(_existing(folder)) as gazetteer:
        match = gazetteer.search(address, city=city or home or None)
    language = language_of()
    is_found = match.lon is not None and match.lat is not None
    if is_found:
        accuracy = "" if match.accuracy_m is None else f"  ±{match.accuracy_m:,.0f} m"
        level = _LEVELS[match.level].in_language(language)
        click.echo(f"{match.name}  {match.lon:.6f}, {match.lat:.6f}{accuracy}  [{level}]")
    else:
        say(Text(f"「{address}」は辞書に見つかりません。", f'"{address}" is not in the dictionary.'))
    if is_found and match.tail:
        say(Text(f"辞書にない部分: {match.tail}", f"not in the dictionary: {match.tail}"))
    if is_found and not match.is_sure:
        say(
            Text(
                "この読み方は確かではありません。地図で確かめてください。",
                "This reading is not sure: check it on the map.",
            )
        )
    if match.candidates:
        say(Text(f"ほかの候補: {'、'.join(match.candidates)}", f"other readings: {', '.join(match.candidates)}"))
    return 0 if is_found else 3


def _existing(folder: Path | None) -> Path:
    path = _path(folder)
    if not path.is_file():
        raise SourceError(
            Text(
                "住所辞書がまだありません。「gis-capture gazetteer build ファイル…」で作ってください。",
                'There is no gazetteer yet: build one with "gis-capture gazetteer build FILES".',
            ),
            path=path,
        )
    return path
