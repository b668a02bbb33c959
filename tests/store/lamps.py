"""A layer of lamps to test with."""

import shapely

from gis_capture.model import Code, Constraints, Domain, Feature, Field, FieldType, Layer, Text
from gis_capture.store import Author

OFFICE = Author("office", "窓口")
AT = "2026-11-23T02:10:00Z"


def make_field(name: str, type: FieldType = FieldType.TEXT, **rest: object) -> Field:
    """A field of the layer of lamps."""
    return Field(f"lamp.{name}", name, Text(f"{name}の題", name), type, **rest)  # type: ignore[arg-type]


STATUS = Domain((Code("点灯", Text("点灯", "On")), Code("球切れ", Text("球切れ", "Broken"))))
LAMPS = Layer(
    key="lamp",
    title=Text("街路灯", "Lamps"),
    description=Text("市の街路灯です。", "Lamps of the city."),
    geometry_type="Point",
    fields=(
        make_field("number", constraints=Constraints(unique=True)),
        make_field("status", domain=STATUS, help=Text("見たままを選びます。", "As seen.")),
        make_field("power_w", FieldType.REAL, constraints=Constraints(minimum=0, maximum=1000)),
        make_field("n_lamps", FieldType.INTEGER),
        make_field("is_led", FieldType.BOOLEAN),
        make_field("installed_on", FieldType.DATE),
        make_field("checked_at", FieldType.DATETIME),
    ),
    key_fields=("number",),
)
VALUES = {
    "number": "００１－髙𠮷",
    "status": "点灯",
    "power_w": 0.1 + 0.2,
    "n_lamps": 2**53 + 1,
    "is_led": False,
    "installed_on": "1985-04-01",
    "checked_at": "2026-11-23T02:10:00Z",
}


def lamp(feature_id: str, x: float = 137.25, y: float = 36.14, **fields: object) -> Feature:
    """A lamp at a place."""
    return Feature("lamp", feature_id, shapely.Point(x, y), {**VALUES, **fields})  # type: ignore[dict-item]
