"""A tablet as docs/format.md wants it, without a network: a copy of the store, and an outbox."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.sync.tablets import AT


@dataclass
class Held:
    """A feature as a tablet holds it."""

    revision: int
    values: dict[str, Any]


@dataclass
class FieldTablet:
    """A tablet as docs/format.md wants it: a copy of the store, and an outbox until a receipt says that it is done."""

    fields: ClassVar[tuple[str, ...]] = ("name", "number")
    device_id: str
    copy: dict[str, Held] = field(default_factory=dict)
    outbox: dict[str, dict[str, Any]] = field(default_factory=dict)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    revision: int = 0
    cursor: str | None = None

    def view(self) -> dict[str, dict[str, Any]]:
        """The values of all features as the crew sees them."""
        seen = {feature_id: dict(feature.values) for feature_id, feature in self.copy.items()}
        for change in self.outbox.values():
            if change["kind"] == "delete":
                seen.pop(change["feature_id"], None)
            elif change["kind"] == "insert" or change["feature_id"] in seen:
                values = seen.setdefault(change["feature_id"], {})
                values |= self.news_of(change, values)
        return seen

    def values_of(self, line: dict[str, Any]) -> dict[str, Any]:
        """What it shows of a feature that a pull gives."""
        return {name: line["fields"][name] for name in self.fields}

    def news_of(self, change: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """What a change of its own makes of a feature with these values."""
        return {name: edit["new"] for name, edit in change["fields"].items()}

    def make(self, change_id: str, kind: str, feature_id: str, fields: dict[str, Any], **more: Any) -> None:
        """Puts a change into the outbox."""
        before = [change for change in self.outbox.values() if change["feature_id"] == feature_id]
        known = self.copy.get(feature_id)
        self.outbox[change_id] = {
            "change_id": change_id,
            "layer": "lamp",
            "feature_id": feature_id,
            "kind": kind,
            "after": before[-1]["change_id"] if before else None,
            "base_revision": known.revision if known else None,
            "definition_version": 2,
            "fields": fields,
            "made_at": AT,
            **more,
        }

    def message(self) -> dict[str, Any]:
        """All that waits, as a push."""
        changes = [dict(change) for change in self.outbox.values()]
        return {"format": "gis-capture.push/v1", "device_id": self.device_id, "clock_at": AT, "changes": changes}

    def hear(self, receipts: list[dict[str, Any]]) -> None:
        """Acts on receipts: what is stored leaves the outbox, what clashes waits for the office, all else stays."""
        for receipt in receipts:
            change = self.outbox.get(receipt["change_id"])
            if change is None or receipt["status"] in ("held", "rejected"):
                continue
            del self.outbox[receipt["change_id"]]
            if receipt["status"] == "conflict":
                self.waiting[receipt["change_id"]] = change
                continue
            self.acknowledge(change, receipt)

    def acknowledge(self, change: dict[str, Any], receipt: dict[str, Any]) -> None:
        """Brings the copy up to a receipt, unless a pull has brought it further."""
        feature = self.copy.get(change["feature_id"])
        is_newer = receipt["revision"] <= self.revision or (feature and receipt["revision"] < feature.revision)
        if is_newer or receipt["conflicts"]:
            return
        self.cursor = None
        if change["kind"] == "delete":
            self.copy.pop(change["feature_id"], None)
            return
        feature = self.copy.setdefault(change["feature_id"], Held(receipt["revision"], {}))
        feature.values |= self.news_of(change, feature.values)
        if receipt["status"] == "applied":
            feature.revision = receipt["revision"]

    def apply(self, lines: list[dict[str, Any]]) -> None:
        """Applies a page of a pull."""
        for line in lines:
            if line["type"] == "feature":
                self.copy[line["feature_id"]] = Held(line["revision"], self.values_of(line))
            elif line["type"] == "deletion":
                self.copy.pop(line["feature_id"], None)
            elif line["type"] == "conflict" and line["state"] == "closed":
                self.waiting.pop(line["change_id"], None)
        self.cursor = lines[-1]["next"]
        if self.cursor is None:
            self.revision = lines[-1]["revision"]
