"""The server's word on one change, and the record of values that clashed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from gis_capture.model.change import ABSENT, ATTACHMENTS, GEOMETRY, Kind
from gis_capture.model.problem import Problem
from gis_capture.text import Text

Status = Literal["applied", "merged", "conflict", "held", "rejected"]
STORED: Final = ("applied", "merged", "conflict")
"""What a receipt says of a change that needs nothing more to be in the layer or on record."""
ConflictState = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one change.

    Attributes:
        change_id: None where the body named none.
        revision: Revision that holds the result; None while held or rejected.
        conflicts: Names of the clashing fields.
        problems: Why it was rejected or held, or what was cleaned on the way.
    """

    change_id: str | None
    status: Status
    revision: int | None = None
    conflicts: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Gives the form of `gis-capture.receipts/v1`; `problem` is the weightiest of `problems`."""
        problems = [problem_to_json(problem) for problem in self.problems]
        errors = [found for found in problems if found["severity"] == "error"]
        body = {
            "change_id": self.change_id,
            "status": self.status,
            "revision": self.revision,
            "conflicts": list(self.conflicts),
            "problem": next(iter(errors or problems), None),
        }
        return {**body, "problems": problems} if len(problems) > 1 else body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Receipt":
        """Reads what `to_json` wrote."""
        problems = body.get("problems") or ([body["problem"]] if body.get("problem") else [])
        return cls(
            change_id=body["change_id"],
            status=body["status"],
            revision=body["revision"],
            conflicts=tuple(body["conflicts"]),
            problems=tuple(problem_from_json(problem) for problem in problems),
        )


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """Gives a problem in both languages, as receipts carry it."""
    body: dict[str, Any] = {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message.to_json(),
    }
    optional = {"field": problem.field, "feature_id": problem.feature_id}
    return {**body, **{name: value for name, value in optional.items() if value is not None}}


def problem_from_json(body: Mapping[str, Any]) -> Problem:
    """Reads what `problem_to_json` wrote."""
    return Problem(
        body["code"],
        body.get("severity", "error"),
        Text.from_json(body["message"]),
        field=body.get("field"),
        feature_id=body.get("feature_id"),
    )


@dataclass(frozen=True, slots=True)
class Clash:
    """One value that two authors changed; a side that deleted the feature has ABSENT.

    Attributes:
        field: Name of the field, `GEOMETRY` (values are GeoJSON) or `ATTACHMENTS`.
        base: What the author of the change saw.
        stored: What the layer held when the change came.
        incoming: What the change wanted.
        decision: Who closed it, how and why: `{"take", "value", "note", "author", "decided_at"}`; None = open.
    """

    field: str
    base: Any = ABSENT
    stored: Any = ABSENT
    incoming: Any = ABSENT
    decision: Mapping[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """Gives the form of the pull line."""
        sides = {"base": self.base, "stored": self.stored, "incoming": self.incoming}
        body: dict[str, Any] = {name: value for name, value in sides.items() if value is not ABSENT}
        if self.field not in (GEOMETRY, ATTACHMENTS):
            body = {"field": self.field, **body}
        body["state"] = "open" if self.decision is None else "closed"
        return body if self.decision is None else {**body, "decision": dict(self.decision)}

    @classmethod
    def from_json(cls, body: Mapping[str, Any], *, field: str | None = None) -> "Clash":
        """Reads what `to_json` wrote; `field` is needed for what stands outside the list of fields."""
        sides = {name: body.get(name, ABSENT) for name in ("base", "stored", "incoming")}
        return cls(field or body["field"], **sides, decision=body.get("decision"))


@dataclass(frozen=True, slots=True)
class Conflict:
    """The record of one change whose values clashed with the layer's; one per change.

    Attributes:
        kind: What the change wanted to do.
        stored_kind: What somebody else had done meanwhile.
        revision: Revision in which this record last changed.
        taken: Which of the clashing values the layer got when the change came.
        incoming_by: Author of the change: `{"device_id", "author", "made_at", "received_at", "position"}`.
        stored_by: Author of the stored value: `{"device_id", "author", "made_at"}`.
    """

    conflict_id: str
    layer: str
    feature_id: str
    change_id: str
    kind: Kind
    stored_kind: Kind
    revision: int
    clashes: tuple[Clash, ...]
    taken: Literal["stored", "incoming"] = "stored"
    incoming_by: Mapping[str, Any] = field(default_factory=dict)
    stored_by: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> ConflictState:
        """Open as long as one clash is."""
        return "open" if any(clash.decision is None for clash in self.clashes) else "closed"

    def to_json(self) -> dict[str, Any]:
        """Gives the pull line, with authors and times."""
        by_field = {clash.field: clash.to_json() for clash in self.clashes}
        body = {
            "type": "conflict",
            "conflict_id": self.conflict_id,
            "layer": self.layer,
            "feature_id": self.feature_id,
            "change_id": self.change_id,
            "kind": self.kind,
            "stored_kind": self.stored_kind,
            "state": self.state,
            "revision": self.revision,
            "taken": self.taken,
            "geometry": by_field.pop(GEOMETRY, None),
            "attachments": by_field.pop(ATTACHMENTS, None),
            "incoming_by": dict(self.incoming_by),
            "stored_by": dict(self.stored_by),
        }
        return {**body, "fields": list(by_field.values())}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Conflict":
        """Reads what `to_json` wrote."""
        clashes = [Clash.from_json(clash) for clash in body["fields"]]
        clashes += [Clash.from_json(body[name], field=name) for name in (GEOMETRY, ATTACHMENTS) if body.get(name)]
        same = ("conflict_id", "layer", "feature_id", "change_id", "kind", "stored_kind", "revision", "taken")
        authors = ("incoming_by", "stored_by")
        values: dict[str, Any] = {**{name: body[name] for name in same}, **{name: body[name] for name in authors}}
        return cls(**values, clashes=tuple(clashes))
