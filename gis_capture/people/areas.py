"""Areas: to whom only what lies in one is given, whatever the layer."""

from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Geometry

from gis_capture.locate.area import Area
from gis_capture.model import geometry_to_geojson
from gis_capture.people import codes
from gis_capture.people.accounts import shown_name
from gis_capture.people.database import Database
from gis_capture.people.principals import Role

MAX_VERTICES = 20_000


@dataclass(frozen=True, slots=True)
class GivenArea:
    """An area with whom it limits: "account:<id>", "device:<id>" or "role:<role>"."""

    subject: str
    area: Area

    def to_json(self) -> dict[str, Any]:
        """As the server tells it."""
        return {"subject": self.subject, "name": self.area.name, "geometry": geometry_to_geojson(self.area.shape)}


class Areas:
    """The areas that limit somebody.

    Args:
        database: Of people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, subject: str, name: str, shape: Geometry) -> GivenArea:
        """Limits a subject to an area, instead of what limited it before.

        Raises:
            PeopleError: The shape is no area, or has too many corners; or the name cannot be used.
        """
        name, polygons = shown_name(name), _polygons(shape)
        if shapely.is_empty(polygons):
            raise codes.error(codes.AREA_UNUSABLE, most=f"{MAX_VERTICES:,}")
        area = Area.of(name, polygons)
        with self._database.change() as connection:
            values = (subject, name, shapely.to_wkb(polygons))
            connection.execute("INSERT OR REPLACE INTO areas VALUES (?, ?, ?)", values)
        return GivenArea(subject, area)

    def remove(self, subject: str) -> None:
        """Takes the limit off."""
        with self._database.change() as connection:
            connection.execute("DELETE FROM areas WHERE subject = ?", (subject,))

    def all(self) -> list[GivenArea]:
        """All, by subject."""
        return [_given(row) for row in self._database.rows("SELECT * FROM areas ORDER BY subject")]

    def of(self, subject: str, role: Role) -> Area | None:
        """What limits a subject: its own area, else that of its role; nothing limits an administrator."""
        found = "SELECT * FROM areas WHERE subject IN (?, ?) ORDER BY subject = ? DESC"
        row = self._database.row(found, subject, f"role:{role.word}", subject)
        return None if row is None or role is Role.ADMIN else _given(row).area


def _polygons(shape: Geometry) -> Geometry:
    """What is an area in a shape, as one; nothing where it has too many corners or lies outside the world."""
    if shapely.get_num_coordinates(shape) > MAX_VERTICES:
        return shapely.MultiPolygon()
    parts = shapely.get_parts(shapely.make_valid(shapely.force_2d(shape)))
    whole = shapely.union_all([one for one in parts if shapely.get_dimensions(one) == 2])
    west, south, east, north = shapely.bounds(whole)
    is_there = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return whole if is_there else shapely.MultiPolygon()


def _given(row: Any) -> GivenArea:
    return GivenArea(row["subject"], Area.of(row["name"], shapely.from_wkb(row["shape"])))
