"""One record with geometry, as the store holds it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely import Geometry

from gis_capture.model.field import Value


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or file that belongs to a feature; its bytes are known by their SHA-256."""

    sha256: str
    name: str
    size_bytes: int
    media_type: str
    taken_at: str | None = None
    position: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Gives the form of a change and of the pull line."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Attachment":
        """Reads what `to_json` wrote; unknown keys are left out."""
        return cls(**{name: value[name] for name in cls.__slots__ if name in value})


@dataclass(frozen=True, slots=True)
class PositionQuality:
    """Where a geometry came from and how good it is.

    Attributes:
        method: "coordinates", "dms", "plane", "gps", "tap", "address", … or None where there is no geometry.
        accuracy_m: Radius within which the true place lies, metres; None = not known.
        note: What was read and how, in the words of the source.
    """

    method: str | None = None
    accuracy_m: float | None = None
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Gives the form of the pull line."""
        return {"method": self.method, "accuracy_m": self.accuracy_m, "note": self.note}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PositionQuality":
        """Reads what `to_json` wrote; unknown keys are left out."""
        return cls(value.get("method"), value.get("accuracy_m"), value.get("note"))


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature at a revision.

    Attributes:
        feature_id: UUID, minted where the feature was made.
        geometry: In the layer's CRS, (x, y[, z]); None = not located.
        fields: By field name; a missing name means None.
        revision: Revision of the store that wrote it; 0 = not stored yet.
    """

    layer: str
    feature_id: str
    geometry: Geometry | None
    fields: Mapping[str, Value]
    revision: int = 0
    position: PositionQuality = field(default_factory=PositionQuality)
    attachments: tuple[Attachment, ...] = ()
