"""Options of `gis-capture raster` that say where pictures belong, and the list of their control points."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import language_of, option, say
from gis_capture.text import Text
from gis_capture.tiles.raster.control import Polygon
from gis_capture.tiles.raster.fitting import METHODS
from gis_capture.tiles.raster.sheet import Placing

_PIXELS = Text(
    "「列,行 列,行 …」の形で指定してください(左上が 0,0 の画素)。",
    'Give "column,row column,row …": pixels, 0,0 is the upper left corner.',
)
_OPTIONS = (
    option(
        "--crs",
        default=None,
        help=Text(
            "座標系。画像に書いてないとき(例: EPSG:6675、7系)。", 'CRS, where the pictures say none ("EPSG:6675").'
        ),
    ),
    option(
        "--points",
        "--gcps",
        "points",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        default=None,
        help=Text(
            "基準点のファイル: QGIS の .points、IIIF の Georeference Annotation(.json)。",
            "Control points: .points of QGIS, or a georeference annotation of IIIF (.json).",
        ),
    ),
    option(
        "--transform",
        "method",
        type=click.Choice(METHODS),
        default=None,
        help=Text(
            "基準点への合わせ方。similarity(回転・拡大)、affine(紙の縮み。省略時)、polynomial(2次)、tps(薄板スプライン)。",
            "How pictures are fitted to control points: similarity, affine (default), polynomial (2nd order), tps "
            "(thin-plate spline).",
        ),
    ),
    option(
        "--sheet",
        "map_sheet",
        default=None,
        help=Text(
            "国土基本図の図郭の名前(例: 09LD354)。file とすると、画像ファイルの名前を図郭の名前とみなします。",
            'Name of the map sheet (図郭), "09LD354"; "file" takes the names of the pictures.',
        ),
    ),
    option(
        "--corners",
        default="",
        help=Text(
            "図郭の四隅の画素(北西 北東 南東 南西)。省くと画像の四隅。",
            "Pixels of the sheet's corners (NW NE SE SW); default: those of the picture.",
        ),
    ),
    option(
        "--mask",
        default="",
        help=Text("表示する範囲の多角形(画素)。余白を切り落とします。", "Polygon that is shown, in pixels."),
    ),
)


def placing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options; `placing_of` takes what they give."""
    for add in reversed(_OPTIONS):
        function = add(function)
    return function


def placing_of(said: Mapping[str, Any]) -> Placing:
    """Makes one value of the options.

    Raises:
        click.UsageError: Pixels cannot be read, or no four corners.
    """
    from gis_capture.locate.crs import parse_crs

    corners, mask = _pixels(said["corners"], "--corners"), _pixels(said["mask"], "--mask")
    if len(corners) not in (0, 4) or (mask and len(mask) < 3):
        raise click.UsageError(_PIXELS.in_language(language_of()))
    if corners and not said["map_sheet"]:
        told = Text("--corners には --sheet も要ります。", "--corners needs --sheet.")
        raise click.UsageError(told.in_language(language_of()))
    crs = f"EPSG:{parse_crs(said['crs'])}" if said["crs"] else None
    return Placing(crs, said["points"], said["method"], said["map_sheet"], corners, mask)


def tell_points(points: Iterable[Mapping[str, Any]]) -> None:
    """Prints how far control points can be trusted, a line each."""
    points = list(points)
    if not points:
        return
    say(
        Text(
            "  基準点  残差(m)  その点を除いたとき(m)",
            "  point  error (m)  without it (m)",
        )
    )
    for number, one in enumerate(points, 1):
        left_out = "" if one["left_out_m"] is None else f"{one['left_out_m']:,.2f}"
        line = f"  {number:>5}  {one['error_m']:>10,.2f}  {left_out:>14}"
        if one["is_suspect"]:
            say(
                Text(
                    f"{line}  ← ほかの点と合いません。確かめてください。",
                    f"{line}  <- disagrees with the others: check it.",
                )
            )
        else:
            say(Text(line, line))


def _pixels(text: str, name: str) -> Polygon:
    try:
        pairs = [tuple(float(part) for part in pair.split(",")) for pair in text.split()]
        if not all(len(pair) == 2 and all(abs(part) < 1e7 for part in pair) for pair in pairs):
            raise ValueError(text)
        return tuple((column, row) for column, row in pairs)
    except ValueError:
        raise click.UsageError(f"{name}: {_PIXELS.in_language(language_of())}") from None
