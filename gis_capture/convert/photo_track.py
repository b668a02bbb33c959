"""Photos without a position, placed by when they were taken, on the track that a receiver kept meanwhile (GPX)."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gis_capture.convert import codes
from gis_capture.convert.codes import GEOMETRY_MISSING
from gis_capture.convert.geometries import as_array, to_crs
from gis_capture.convert.placed import Positions
from gis_capture.errors import SourceError
from gis_capture.ledger import DEFAULT_LIMITS, Limits, Table, hash_source, read_ledger
from gis_capture.ledger.drivers.photos import COLUMNS, KNOWN_DATUMS
from gis_capture.locate.crs import GEOGRAPHIC, parse_crs
from gis_capture.locate.track import RECEIVER_M, Track
from gis_capture.model import Problem
from gis_capture.text import Text

NAME, TAKEN_AT, ACCURACY, DATUM = "ファイル名", "撮影日時", "水平精度", "測地系"
DEFAULT_GAP_S = 60.0
JAPAN = timezone(timedelta(hours=9))
MAX_AHEAD_S = 1e8
MAX_GAP_S = 86_400.0
_WGS84 = GEOGRAPHIC["wgs84"]
_ZONE = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)")


@dataclass(frozen=True, slots=True)
class PhotoTrack:
    """A track, and how the clock of the camera goes.

    Attributes:
        paths: Of the files it was read from.
        sha256: Of the same files.
        zone: Of the camera's clock, where a photo does not state it.
        ahead_s: How far the camera's clock is ahead of the true time.
        max_gap_s: Points further apart in time are not joined.
    """

    track: Track
    paths: tuple[Path, ...]
    sha256: tuple[str, ...]
    zone: timezone = JAPAN
    ahead_s: float = 0.0
    max_gap_s: float = DEFAULT_GAP_S

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the files."""
        return tuple(path.name for path in self.paths)

    def to_json(self) -> dict[str, Any]:
        """Gives what an import remembers of it."""
        files = {"names": list(self.names), "sha256": list(self.sha256)}
        offset = f"{datetime.now(self.zone):%z}"
        return {**files, "zone": offset, "ahead_s": self.ahead_s, "max_gap_s": self.max_gap_s}

    def place(self, table: Table, position: Callable[[Table], Positions]) -> Positions:
        """Gives photos without a position the one of the track, and then positions them as all geometries.

        Args:
            table: Of photos.
            position: Positions the rows of a table by its geometries.
        """
        taken = table.values[[column.name for column in table.columns].index(TAKEN_AT)]
        times = np.array([self._instant(text) for text in taken], np.float64)
        lon, lat, accuracies_m = self.track.at(times, max_gap_s=self.max_gap_s)
        raw = as_array(table.geometries or [None] * len(taken))
        is_missing = shapely.is_missing(raw)
        is_found = is_missing & np.isfinite(lon)
        points = np.full(len(raw), None, dtype=object)
        points[is_found] = shapely.points(lon[is_found], lat[is_found])
        source = parse_crs(table.crs) if table.crs else _WGS84
        points, _ = to_crs(points, source=_WGS84, target=source, grids_dir=None)
        raw[is_found] = points[is_found]
        positions = position(replace(table, geometries=raw.tolist(), crs=f"EPSG:{source}"))
        methods, radii, notes = list(positions.methods), list(positions.accuracies_m), list(positions.notes)
        problems = []
        for row in np.flatnonzero(is_found).tolist():
            if methods[row] is not None:
                methods[row] = "track"
                radii[row] = max(round(float(accuracies_m[row]), 1), radii[row] or 0.0)
                notes[row] = f"{TAKEN_AT}「{taken[row]}」→ 軌跡「{'、'.join(self.names)}」{notes[row] or ''}"
        reasons = list(positions.reasons)
        for row in np.flatnonzero(is_missing & ~is_found).tolist():
            reasons[row] = codes.PHOTO_OUTSIDE_TRACK
            problems.append(self._outside(taken[row], table.row_numbers[row]))
        told = {problem.row_number for problem in problems}
        kept = [one for one in positions.problems if not (one.row_number in told and one.code == GEOMETRY_MISSING)]
        return replace(
            positions,
            methods=methods,
            accuracies_m=radii,
            notes=notes,
            reasons=reasons,
            problems=(*kept, *problems),
        )

    def _outside(self, taken: str | None, row_number: int) -> Problem:
        ends = [f"{datetime.fromtimestamp(at, self.zone):%Y-%m-%d %H:%M:%S}" for at in self.track.times_s[[0, -1]]]
        message = Text(
            f"写真の{TAKEN_AT}「{taken or ''}」に、軌跡(全体で{ends[0]}から{ends[1]}まで)の点がありません。",
            f'The track ({ends[0]} to {ends[1]} in all) has no point when the photo was taken ("{taken or ""}").',
        )
        suggestion = Text(
            f"カメラの時計のずれ、時差、{self.max_gap_s:.0f}秒までとした点の間隔を確かめてください。",
            f"Check the camera's clock, its time zone, and the longest gap between points, {self.max_gap_s:.0f} s.",
        )
        return Problem(codes.PHOTO_OUTSIDE_TRACK, "warning", message, suggestion, row_number, TAKEN_AT)

    def _instant(self, text: str | None) -> float:
        """The true time of what a camera wrote, seconds since 1970; NaN for what is no time."""
        at = _moment(text)
        return np.nan if at is None else (at if at.tzinfo else at.replace(tzinfo=self.zone)).timestamp() - self.ahead_s


def are_photos(table: Table) -> bool:
    """Whether the rows of a table are photos that say when they were taken, so that a track can place them."""
    return table.geometries is not None and {column.name for column in table.columns} >= set(COLUMNS)


def are_photos_without_place(table: Table) -> bool:
    """Whether some photo of a table waits for a track to place it."""
    return are_photos(table) and any(geometry is None for geometry in table.geometries or ())


def told_of_photos(table: Table, positions: Positions) -> Positions:
    """Says of positions that photos bring that they do, in which datum, and how near (GPSHPositioningError).

    A receiver that says nothing of it is called as near as those of tracks.

    Args:
        table: Any; one that is no list of photos keeps its positions as they are.
        positions: Of its rows.
    """
    if not are_photos(table):
        return positions
    columns = {column.name: values for column, values in zip(table.columns, table.values, strict=True)}
    methods, radii, notes = list(positions.methods), list(positions.accuracies_m), list(positions.notes)
    for row in (row for row, method in enumerate(methods) if method == "geometry"):
        stated_m, datum = float(columns[ACCURACY][row] or 0), columns[DATUM][row]
        near = f"水平精度{stated_m:g}m" if stated_m else f"水平精度の記載がないため{RECEIVER_M:g}mとみなす"
        # What was doubted of the place stays told.
        doubt = notes[row] or ""
        notes[row] = f"写真「{columns[NAME][row]}」の測位（{near}{_words_of_datum(datum)}）{doubt}"
        methods[row] = "photo"
        radii[row] = round(math.hypot(stated_m or RECEIVER_M, radii[row] or 0.0), 1)
    return replace(positions, methods=methods, accuracies_m=radii, notes=notes)


def _words_of_datum(written: str | None) -> str:
    if not written or any(name in written for name in ("WGS", "JGD")):
        return ""
    if KNOWN_DATUMS.search(written):
        return f"、測地系「{written}」から変換"
    return f"、確認：測地系「{written}」は分からないため世界測地系とみなす"


def parse_zone(text: str) -> timezone | None:
    """Reads "+09:00" or "+0900"; None for anything else."""
    found = _ZONE.fullmatch(text)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)


def read_track(
    paths: Sequence[Path],
    *,
    zone: timezone = JAPAN,
    ahead_s: float = 0.0,
    max_gap_s: float = DEFAULT_GAP_S,
    limits: Limits = DEFAULT_LIMITS,
) -> PhotoTrack:
    """Reads the points of tracks that have a time, of one or several files.

    Raises:
        SourceError: A file cannot be read, or holds no track with times.
    """
    times: list[float] = []
    places: list[tuple[float, float]] = []
    for path in paths:
        n_before = len(times)
        for table in read_ledger(path, limits=limits).tables:
            texts = next((v for c, v in zip(table.columns, table.values, strict=True) if c.name == "time"), None)
            if texts is None or table.geometries is None:
                continue
            for text, geometry in zip(texts, table.geometries, strict=True):
                at = _moment(text)
                if at is not None and isinstance(geometry, shapely.Point):
                    # GPX 1.1: all times are UTC, stated or not.
                    times.append((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
                    places.append((geometry.x, geometry.y))
        if len(times) == n_before:
            raise SourceError(
                Text(
                    f"「{path.name}」に時刻のある軌跡がありません。GPX の軌跡(trk)を指定してください。",
                    f'"{path.name}" holds no track with times: give a GPX file with a track.',
                ),
                path=path,
            )
    points = np.array(places, np.float64).reshape(-1, 2)
    track = Track.of_points(np.array(times, np.float64), points[:, 0], points[:, 1])
    return PhotoTrack(track, tuple(paths), tuple(map(hash_source, paths)), zone, ahead_s, max_gap_s)


def read_kept_track(record: Mapping[str, Any], sources_dir: Path, *, limits: Limits) -> PhotoTrack | None:
    """Reads the tracks of an import again, from their copies; None where it has none.

    Args:
        record: As `PhotoTrack.to_json` gives it.
        sources_dir: Where copies of sources are kept, `<sha256>/<name>`.
        limits: For reading.

    Raises:
        SourceError: A copy is gone.
    """
    if not record.get("sha256"):
        return None
    paths = [sources_dir / sha256 / name for sha256, name in zip(record["sha256"], record["names"], strict=True)]
    zone = parse_zone(record["zone"])
    assert zone is not None
    clock = {"ahead_s": record["ahead_s"], "max_gap_s": record["max_gap_s"]}
    return read_track(paths, zone=zone, **clock, limits=limits)


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
