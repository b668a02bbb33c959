"""How far apart the stations of a ledger stand: 20 m as a rule, else told by their largest offsets and the route."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gis_capture.locate.keys.chainage import PITCH_M, Station, StationText
from gis_capture.locate.keys.values import Place

_NEXT_PITCHES_M = (100.0, 50.0)
_KILOMETRE_M = 1000.0
_ENOUGH = 0.8
_MOST = 0.9
_TELLING = 3


@dataclass(frozen=True, slots=True)
class Pitch:
    """The distance between two stations that was taken, and those that are as possible."""

    metres: float = PITCH_M
    others: tuple[float, ...] = ()

    def told(self, place: Place, station: StationText) -> Place:
        """Says of a place which pitch it was found by; the radius of a doubted one reaches to the other places."""
        if not self.others:
            note = place.note if self.metres == PITCH_M else f"{place.note}（測点の間隔{self.metres:g}m）"
            return replace(place, note=note)
        away_m = max(abs(station.at(other) - station.at(self.metres)) for other in self.others)
        others = "・".join(f"{other:g}m" for other in self.others)
        return replace(
            place,
            accuracy_m=round(place.accuracy_m + away_m, 1),
            note=f"{place.note}（確認：測点の間隔を{self.metres:g}mとした、{others}かもしれない）",
            is_sure=False,
        )


def tell_pitch(stations: Sequence[StationText], is_on_route: Callable[[int, Station], bool]) -> Pitch:
    """Tells the pitch of stations that are written alike (all No., or all STA.).

    An offset is smaller than the pitch. No.12+3.5 means 20 m unless the rows would leave their route; STA. is written
    for 100 m, too, so that it takes some offsets to tell.

    Args:
        stations: Of the column.
        is_on_route: Does the station of this index lie on its route, with these metres?
    """
    offsets = {abs(one.offset_m) for one in stations if one.offset_m}
    if sum(one.is_kilometre for one in stations) > len(stations) / 2:
        return Pitch(_KILOMETRE_M)
    if _share(offset < PITCH_M for offset in offsets) >= _MOST:
        possible = [PITCH_M, *_NEXT_PITCHES_M[:1]]
        is_usual = stations[0].word != "sta" or len(offsets) >= _TELLING
    else:
        possible = [one for one in _NEXT_PITCHES_M if _share(offset < one for offset in offsets) >= _MOST]
        is_usual = False
    fitting = [
        pitch_m
        for pitch_m in possible
        if _share(is_on_route(n, Station(one.at(pitch_m))) for n, one in enumerate(stations)) >= _ENOUGH
    ]
    first, *others = fitting or possible or [_KILOMETRE_M]
    return Pitch(first, () if is_usual and first == PITCH_M else tuple(others))


def _share(told: Iterable[bool]) -> float:
    answers = list(told)
    return sum(answers) / len(answers) if answers else 1.0
