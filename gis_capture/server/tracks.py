"""Tracks of a receiver beside an upload of photos; they lie in the upload's folder until it is converted."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from gis_capture.convert.photo_track import DEFAULT_GAP_S, MAX_AHEAD_S, MAX_GAP_S, PhotoTrack, parse_zone, read_track
from gis_capture.server.errors import RequestError
from gis_capture.server.uploads import MAX_FILES, safe_name
from gis_capture.text import Text
from gis_capture.workspace import Workspace

_FOLDER = ".tracks"
"""No file of an upload is called so: their names do not begin with a dot."""


def save_tracks(files: Sequence[FileStorage], source: Path, workspace: Workspace) -> PhotoTrack:
    """Keeps tracks beside the source of an upload, in place of former ones; those that cannot be read change nothing.

    Raises:
        RequestError: No file, too many, or two of one name.
        SourceError: A file is no track.
    """
    names = [safe_name(file.filename or "") for file in files]
    if not names or not all(names) or len(names) > MAX_FILES or len(set(names)) < len(names):
        raise RequestError(
            Text(
                f"軌跡の GPX ファイルを、名前の違うもので{MAX_FILES}個まで選んでください。",
                f'Choose up to {MAX_FILES} GPX files of different names (parts named "file").',
            ),
            code="no_track",
        )
    kept = source.parent / _FOLDER
    fresh = source.parent / f"{_FOLDER}-{workspace.new_id()}"
    fresh.mkdir()
    try:
        for file, name in zip(files, names, strict=True):
            file.save(fresh / name)
        track = read_track([fresh / name for name in names], limits=workspace.limits)
        shutil.rmtree(kept, ignore_errors=True)
        fresh.rename(kept)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return track


def tell_track(track: PhotoTrack) -> dict[str, Any]:
    """Gives `{"names", "n_points", "from_at", "until_at"}`."""
    first, last = (f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" for at in track.track.times_s[[0, -1]])
    return {"names": list(track.names), "n_points": len(track.track.times_s), "from_at": first, "until_at": last}


def read_track_choice(clock: Any, source: Path, workspace: Workspace) -> PhotoTrack:
    """Reads the tracks of an upload and what a person says of the camera's clock: `{"zone", "ahead_s", "max_gap_s"}`.

    Raises:
        RequestError: There is no track, or a value does not fit.
        SourceError: A track cannot be read.
    """
    paths = sorted((source.parent / _FOLDER).glob("*"))
    if not paths:
        raise RequestError(
            Text(
                "軌跡の GPX ファイルがまだありません。先に選んでください。", "There is no track yet: choose a GPX file."
            ),
            code="no_track",
        )
    if not isinstance(clock, dict):
        raise _does_not_fit("track")
    zone = parse_zone(text) if isinstance(text := clock.get("zone", "+09:00"), str) else None
    if zone is None:
        raise _does_not_fit("zone")
    ahead_s = _number(clock, "ahead_s", 0.0, least=-MAX_AHEAD_S, most=MAX_AHEAD_S)
    max_gap_s = _number(clock, "max_gap_s", DEFAULT_GAP_S, least=0.0, most=MAX_GAP_S)
    return read_track(paths, zone=zone, ahead_s=ahead_s, max_gap_s=max_gap_s, limits=workspace.limits)


def _number(clock: Mapping[str, Any], name: str, default: float, *, least: float, most: float) -> float:
    value = clock.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
        raise _does_not_fit(name)
    return float(value)


def _does_not_fit(name: str) -> RequestError:
    return RequestError(Text(f"「{name}」の値が正しくありません。", f'The value of "{name}" does not fit.'), name=name)
