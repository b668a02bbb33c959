"""A change of one feature as a value: what its author saw, and what they made of it.

Values are by field name, the geometry is one of them (`GEOMETRY`, as GeoJSON); together they are a `State`.
No state at all, None, is a feature that is not there. Laws, for states a, b, c (tests/model/test_change.py):

    between(a, b).apply_to(a) == b
    ~between(a, b) == between(b, a)                         ~~change == change
    between(a, b) + between(b, c) == between(a, c)          (x + y) + z == x + (y + z)

Truth table of `first + second`, where no sum is None ("nothing happened") and — cannot follow:

    first | second    insert    update    delete
    insert              —       insert    None
    update              —       update    delete
    delete            update      —         —
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final, Literal

from gis_capture.errors import FeatureError
from gis_capture.model.feature import Attachment, PositionQuality
from gis_capture.text import Text

Kind = Literal["insert", "update", "delete"]
State = Mapping[str, Any]

GEOMETRY = "geometry"
"""Name of the geometry among the values of a state; no field of a layer has it."""
ATTACHMENTS = "attachments"
"""Name of the attachments where they stand in a list of clashing fields."""


class Absent(Enum):
    """The value of something that is not there, which is not the same as being empty (None)."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Edit:
    """One value before and after; `old` is ABSENT where the author does not say what they saw."""

    old: Any = ABSENT
    new: Any = ABSENT

    def __invert__(self) -> "Edit":
        return Edit(self.new, self.old)

    def __add__(self, later: "Edit") -> "Edit":
        return Edit(self.old, later.new)

    def to_json(self) -> dict[str, Any]:
        """Gives `{"old": …, "new": …}` without what is absent."""
        halves = {"old": self.old, "new": self.new}
        return {name: value for name, value in halves.items() if value is not ABSENT}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Edit":
        """Reads `{"old": …, "new": …}`."""
        return cls(value.get("old", ABSENT), value.get("new", ABSENT))


@dataclass(frozen=True, slots=True)
class Change:
    """One insert, update or delete.

    Attributes:
        edits: Only what the author changed, by field name; the geometry is `GEOMETRY`.
        located: How the new geometry was found.
        attached: Attachments added to the feature.
        detached: Attachments taken away from it.
        after: `change_id` of the same author's previous unsent change of this feature.
        base_revision: Revision of the feature the author saw.
        extra: Keys of the JSON this version does not know.
    """

    change_id: str
    layer: str
    feature_id: str
    kind: Kind
    edits: Mapping[str, Edit] = field(default_factory=dict)
    located: PositionQuality | None = None
    attached: tuple[Attachment, ...] = ()
    detached: tuple[Attachment, ...] = ()
    after: str | None = None
    base_revision: int | None = None
    definition_version: int | None = None
    made_at: str | None = None
    position: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_visit(self) -> bool:
        """Its author looked at the feature and found nothing to change; what it writes are dates of that."""
        is_undo = self.extra.get("undoes") is not None
        return self.kind == "update" and self.extra.get("is_visit") is True and not is_undo

    def __invert__(self) -> "Change":
        """The change that undoes this one; the caller gives it an id of its own with `replace`."""
        kinds: dict[Kind, Kind] = {"insert": "delete", "update": "update", "delete": "insert"}
        edits = {name: ~edit for name, edit in self.edits.items()}
        return replace(self, kind=kinds[self.kind], edits=edits, attached=self.detached, detached=self.attached)

    def __add__(self, later: "Change") -> "Change | None":
        """This change and then a later one of the same feature, as one; None when nothing is left of both.

        Raises:
            FeatureError: The later one is of another feature, or cannot follow (see the truth table).
        """
        if (self.layer, self.feature_id) != (later.layer, later.feature_id):
            raise _cannot_follow(self, later)
        kind: Kind
        match self.kind, later.kind:
            case "insert", "delete":
                return None
            case "insert", "update":
                kind = "insert"
            case ("update", "update") | ("delete", "insert"):
                kind = "update"
            case "update", "delete":
                kind = "delete"
            case _:
                raise _cannot_follow(self, later)
        sums = {name: self.edits[name] + edit if name in self.edits else edit for name, edit in later.edits.items()}
        edits = {name: edit for name, edit in {**self.edits, **sums}.items() if edit.old != edit.new}
        return replace(
            later,
            kind=kind,
            edits=edits,
            attached=_without(self.attached, later.detached) + _without(later.attached, self.detached),
            detached=_without(self.detached, later.attached) + _without(later.detached, self.attached),
            after=self.after,
            base_revision=self.base_revision,
            extra={**self.extra, **later.extra},
        )

    def apply_to(self, state: State | None) -> State | None:
        """Gives the state after this change; values that the change does not name stay."""
        if self.kind == "delete":
            return None
        return {**(state or {}), **{name: edit.new for name, edit in self.edits.items() if edit.new is not ABSENT}}

    @classmethod
    def between(cls, before: State | None, after: State | None, **identity: Any) -> "Change":
        """Makes the change from one state to the other; `identity` is the rest of the attributes."""
        if before is None or after is None:
            kind: Kind = "delete" if after is None else "insert"
            state = after if before is None else before
            edits = {name: Edit(None, value) for name, value in (state or {}).items() if value is not None}
            edits = edits if kind == "insert" else {name: ~edit for name, edit in edits.items()}
        else:
            kind = "update"
            pairs = {name: Edit(before.get(name), after.get(name)) for name in [*before, *after]}
            edits = {name: edit for name, edit in pairs.items() if edit.old != edit.new}
        return cls(kind=kind, edits=edits, **identity)

    def to_json(self) -> dict[str, Any]:
        """Gives the form of `gis-capture.push/v1`."""
        body: dict[str, Any] = {
            **self.extra,
            "change_id": self.change_id,
            "layer": self.layer,
            "feature_id": self.feature_id,
            "kind": self.kind,
            "after": self.after,
            "base_revision": self.base_revision,
            "definition_version": self.definition_version,
            "fields": {name: edit.to_json() for name, edit in self.edits.items() if name != GEOMETRY},
            "made_at": self.made_at,
            "position": self.position,
        }
        if GEOMETRY in self.edits:
            body["geometry"] = self.edits[GEOMETRY].to_json()
        if self.located is not None:
            body["located"] = self.located.to_json()
        for name, attachments in (("attachments", self.attached), ("detached", self.detached)):
            if attachments:
                body[name] = [attachment.to_json() for attachment in attachments]
        return body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Change":
        """Reads a change that fits its JSON Schema."""
        edits = {name: Edit.from_json(value) for name, value in (body.get("fields") or {}).items()}
        if body.get("geometry") is not None:
            edits[GEOMETRY] = Edit.from_json(body["geometry"])
        return cls(
            **{name: body.get(name) for name in _PLAIN},  # type: ignore[arg-type]
            edits=edits,
            located=PositionQuality.from_json(body["located"]) if body.get("located") else None,
            attached=_read_attachments(body.get("attachments")),
            detached=_read_attachments(body.get("detached")),
            extra={name: value for name, value in body.items() if name not in _KNOWN},
        )


_PLAIN = (
    "change_id",
    "layer",
    "feature_id",
    "kind",
    "after",
    "base_revision",
    "definition_version",
    "made_at",
    "position",
)
_KNOWN = {*_PLAIN, "fields", "geometry", "located", "attachments", "detached"}


def _read_attachments(values: Any) -> tuple[Attachment, ...]:
    return tuple(Attachment.from_json(value) for value in values or ())


def _without(attachments: tuple[Attachment, ...], others: tuple[Attachment, ...]) -> tuple[Attachment, ...]:
    gone = {other.sha256 for other in others}
    return tuple(attachment for attachment in attachments if attachment.sha256 not in gone)


def _cannot_follow(first: Change, second: Change) -> FeatureError:
    return FeatureError(
        Text(
            f"変更「{second.change_id}」({second.kind})は「{first.change_id}」({first.kind})に続けられません。",
            f'Change "{second.change_id}" ({second.kind}) cannot follow "{first.change_id}" ({first.kind}).',
        ),
        layer=first.layer,
        feature_id=first.feature_id,
    )
