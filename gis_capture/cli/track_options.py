"""The options that place photos on the track of a receiver."""

from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import click

from gis_capture.cli.language import language_of, option
from gis_capture.convert.photo_track import DEFAULT_GAP_S, MAX_AHEAD_S, MAX_GAP_S, PhotoTrack, parse_zone, read_track
from gis_capture.text import Text

_OPTIONS = (
    option(
        "--track",
        "tracks",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help=Text(
            "位置のない写真を、撮影日時からこの軌跡(GPX)の上に置きます。くり返せます。",
            "Places photos without a position on this track (GPX) by when they were taken; may be repeated.",
        ),
    ),
    option(
        "--camera-ahead",
        type=click.FloatRange(-MAX_AHEAD_S, MAX_AHEAD_S),
        default=0.0,
        metavar="SECONDS",
        help=Text(
            "カメラの時計が正しい時刻より進んでいる秒数。遅れているときは負の数。",
            "Seconds by which the camera's clock is ahead; negative where it is behind.",
        ),
    ),
    option(
        "--camera-zone",
        default="+09:00",
        metavar="±HH:MM",
        help=Text(
            "写真に時差が書いてないときの、カメラの時計の時差。省くと日本時間。",
            "Time zone of the camera's clock where photos do not state it; by default that of Japan.",
        ),
    ),
    option(
        "--track-gap",
        type=click.FloatRange(0, MAX_GAP_S),
        default=DEFAULT_GAP_S,
        metavar="SECONDS",
        help=Text(
            f"軌跡の点がこの秒数より離れた所には置きません(省くと{DEFAULT_GAP_S:.0f})。",
            f"Nothing is placed where points of the track are further apart in time (default {DEFAULT_GAP_S:.0f}).",
        ),
    ),
)


def track_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options to a command."""
    return reduce(lambda decorated, add: add(decorated), reversed(_OPTIONS), command)


def read_tracks(tracks: tuple[Path, ...], camera_ahead: float, camera_zone: str, track_gap: float) -> PhotoTrack | None:
    """Reads what the options name; None where they name no track.

    Raises:
        SourceError: A file is no track.
    """
    zone = parse_zone(camera_zone)
    if zone is None:
        told = Text("--camera-zone は +09:00 のように指定してください。", "Give --camera-zone as +09:00.")
        raise click.UsageError(told.in_language(language_of()))
    return read_track(tracks, zone=zone, ahead_s=camera_ahead, max_gap_s=track_gap) if tracks else None
