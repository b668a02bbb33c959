"""Where a receiver was at an instant, by the points of its track."""

from dataclasses import dataclass

import numpy as np

from gis_capture.locate.numbers import Floats

RECEIVER_M = 10.0
"""How near a receiver is called that does not say it."""
_WALK_M_PER_S = 1.4
_M_PER_DEG = 111_320.0


@dataclass(frozen=True, slots=True)
class Track:
    """Points of a walk in the order of time.

    Attributes:
        times_s: Seconds since 1970, UTC, rising.
        lon: Degrees (WGS 84).
        lat: Degrees.
    """

    times_s: Floats
    lon: Floats
    lat: Floats

    @classmethod
    def of_points(cls, times_s: Floats, lon: Floats, lat: Floats) -> "Track":
        """Puts points in order; of several at one instant the first is kept, of what is not known nothing."""
        known = np.isfinite(times_s) & np.isfinite(lon) & np.isfinite(lat)
        times, first = np.unique(times_s[known], return_index=True)
        return cls(times, lon[known][first], lat[known][first])

    def at(self, times_s: Floats, *, max_gap_s: float) -> tuple[Floats, Floats, Floats]:
        """Places instants on the line between the points before and behind them.

        Args:
            times_s: Seconds since 1970, UTC; NaN = not known.
            max_gap_s: Points further apart are not joined: an instant between them, before the first or behind the
                last is placed at the nearer point if that is no further away in time, and else nowhere.

        Returns:
            Longitude, latitude and radius in metres; NaN where the track says nothing.
        """
        nowhere = np.full(len(times_s), np.nan)
        if not len(self.times_s):
            return nowhere, nowhere, nowhere
        behind = np.clip(np.searchsorted(self.times_s, times_s), 0, len(self.times_s) - 1)
        before = np.where(self.times_s[behind] <= times_s, behind, np.maximum(behind - 1, 0))
        since, until = times_s - self.times_s[before], self.times_s[behind] - times_s
        gap_s = self.times_s[behind] - self.times_s[before]
        is_between = (since >= 0) & (until >= 0) & (gap_s <= max_gap_s)
        share = np.where(is_between & (gap_s > 0), since / np.where(gap_s > 0, gap_s, 1.0), 0.0)
        nearer = np.where(np.abs(until) < np.abs(since), behind, before)
        away_s = np.minimum(np.abs(since), np.abs(until))
        is_placed = is_between | (away_s <= max_gap_s)
        lon, lat = (
            np.where(is_between, axis[before] + share * (axis[behind] - axis[before]), axis[nearer])
            for axis in (self.lon, self.lat)
        )
        # A walker may have left the straight line for as long as he can have been away from its nearer end.
        d_lon = (self.lon[behind] - self.lon[before]) * np.cos(np.radians(self.lat[before]))
        length_m = np.hypot(d_lon, self.lat[behind] - self.lat[before]) * _M_PER_DEG
        speed = np.where(is_between & (gap_s > 0), length_m / np.where(gap_s > 0, gap_s, 1.0), 0.0)
        accuracy_m = np.hypot(RECEIVER_M, away_s * np.maximum(speed, _WALK_M_PER_S))
        placed = (np.where(is_placed, axis, np.nan) for axis in (lon, lat, accuracy_m))
        return next(placed), next(placed), next(placed)
