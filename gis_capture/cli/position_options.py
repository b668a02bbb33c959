"""The options that say where a ledger keeps positions; `inspect` and `convert` share them."""

import click

from gis_capture.cli.language import language_of, option
from gis_capture.locate.said import Said
from gis_capture.model.roles import NOTATIONS, ROLES, WAYS
from gis_capture.text import Text

role_option = option(
    "--role",
    "roles",
    multiple=True,
    metavar="COLUMN=ROLE",
    help=Text(
        "列が何かを指定します(例 甲=lat)。くり返せます。"
        + "、".join(f"{key} {words.ja}" for key, words in ROLES.items())
        + "。",
        f"Says what a column is (A=lat); may be repeated: {', '.join(ROLES)}.",
    ),
)
notation_option = option(
    "--notation",
    type=click.Choice(NOTATIONS),
    default=None,
    help=Text(
        "区切りのない緯度・経度の書き方。decimal 十進の度、packed_dms つづけ書きの度分秒。",
        "How degrees without marks are written: decimal, or degrees, minutes and seconds in a row.",
    ),
)

place_by_option = option(
    "--place-by",
    type=click.Choice(WAYS),
    default=None,
    help=Text(
        "座標のない行を置く手がかり。parcel 地番、chainage 路線と距離標・測点、reference 相手の番号、name 施設の名称。",
        "Places rows without coordinates: by lot, by route and post, by the number or the name of a feature.",
    ),
)
against_option = option(
    "--against",
    multiple=True,
    metavar="LAYER",
    help=Text(
        "--place-by で探すレイヤー(筆、路線と距離標、電柱など)。くり返せます。",
        "Layer to look in, for --place-by: parcels, routes and posts, poles. May be repeated.",
    ),
)
place_column_option = option(
    "--place-column",
    default="",
    help=Text(
        "--place-by の手がかりがある台帳の列。省くと見出しから探します。",
        "Column of the ledger that --place-by reads; by default found by its header.",
    ),
)


def read_said(roles: tuple[str, ...], notation: str | None) -> Said:
    """Reads both options.

    Raises:
        FieldError: No such role.
    """
    pairs = [text.rpartition("=") for text in roles]
    if not all(column for column, _, _ in pairs):
        told = Text("--role は「列=役割」の形で指定してください。", "Give --role as COLUMN=ROLE.")
        raise click.UsageError(told.in_language(language_of()))
    return Said.from_json({"roles": {column: role for column, _, role in pairs}, "notation": notation})


def check_placing(place_by: str | None, against: tuple[str, ...], place_column: str) -> None:
    """Refuses options that do nothing without the others."""
    if bool(place_by) != bool(against) or (place_column and not place_by):
        told = Text("--place-by と --against は一緒に使います。", "--place-by and --against go together.")
        raise click.UsageError(told.in_language(language_of()))
