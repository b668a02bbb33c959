"""What a layer is: its fields, how it is named, drawn and edited."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self

from gis_capture.errors import FieldError
from gis_capture.model.field import Field
from gis_capture.text import Text

GeometryType = Literal["Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Geometry"]
OnConflict = Literal["keep_stored", "take_incoming"]


@dataclass(frozen=True, slots=True)
class Section:
    """A group of fields in a form."""

    key: str
    title: Text
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhotoRules:
    """How photos of a feature are taken; `max_edge_px` is the longer edge after resizing."""

    max_count: int = 10
    max_edge_px: int = 2048
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class StyleCategory:
    """Colour ("#rrggbb") and shape of the features with one code."""

    code: str
    color: str
    shape: str = "circle"


@dataclass(frozen=True, slots=True)
class Style:
    """How the layer is drawn."""

    color: str = "#0017c1"
    shape: str = "circle"
    min_zoom: float = 0
    label_min_zoom: float = 14
    category_field: str | None = None
    categories: tuple[StyleCategory, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """The definition of one kind of feature.

    Attributes:
        key: Table name in the store and name in URLs: ASCII, lower case.
        definition_version: Raised with every change of the definition.
        crs: "EPSG:6668" style; coordinates are (x, y) in it.
        key_fields: Fields that together know a feature in its ledger.
        label: Template over field names, "{ledger_number} {name}".
        allows_any_position: Coordinates outside the world are accepted (local drawings).
        extra: Keys of a definition that this version does not know; they are passed on.
    """

    key: str
    title: Text
    geometry_type: GeometryType
    fields: tuple[Field, ...]
    definition_version: int = 1
    description: Text | None = None
    crs: str = "EPSG:6668"
    key_fields: tuple[str, ...] = ()
    label: str = ""
    aliases: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    photo: PhotoRules = field(default_factory=PhotoRules)
    style: Style = field(default_factory=Style)
    on_conflict: OnConflict = "keep_stored"
    allows_any_position: bool = False
    extra: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def personal_names(self) -> frozenset[str]:
        """Names of the fields with personal data."""
        return frozenset(one.name for one in self.fields if one.is_personal)

    def without_personal(self) -> Self:
        """The layer without its fields with personal data, for those who may not see them."""
        hidden = self.personal_names
        sections = (replace(one, fields=tuple(n for n in one.fields if n not in hidden)) for one in self.sections)
        return replace(
            self, fields=tuple(one for one in self.fields if one.name not in hidden), sections=tuple(sections)
        )

    def field(self, name: str) -> Field:
        """Finds a field by its name.

        Raises:
            FieldError: There is none of that name.
        """
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise FieldError(
            Text(
                f"レイヤー「{self.title.ja}」に項目「{name}」はありません。",
                f'Layer "{self.key}" has no field "{name}".',
            ),
            layer=self.key,
            field=name,
        )
