"""The records of sync in the tables of `sync_records.sql`; somebody else opens and commits the connection."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from gis_capture.geopackage.names import quote_identifier
from gis_capture.model import Attachment, Conflict, Receipt
from gis_capture.store.sync_records import NamedAttachment, PushedChange
from gis_capture.store.tables.database import Database

_ENCODER = json.JSONEncoder(separators=(",", ":"))
_CHANGE_COLUMNS = "change_id, sha256, body, receipt, device_id, author, received_at"


class SyncTables:
    """Implements `SyncRecords`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def change(self, change_id: str) -> PushedChange | None:
        """One change with its receipt."""
        sql = f"SELECT {_CHANGE_COLUMNS} FROM gis_capture_receipts WHERE change_id = ?"
        row = self._db.execute(sql, (change_id,)).fetchone()
        return _change(row) if row else None

    def change_ids(self, among: Sequence[str]) -> set[str]:
        """Those of some ids under which a change has come."""
        sql = "SELECT change_id FROM gis_capture_receipts WHERE change_id IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._db.execute(sql, (json.dumps(list(among)),))}

    def changes(
        self,
        *,
        statuses: Sequence[str] | None = None,
        layer: str | None = None,
        feature_id: str | None = None,
        device_id: str | None = None,
        after: str | None = None,
        received_between: tuple[str, str] | None = None,
    ) -> Iterator[PushedChange]:
        """Changes in the order they came."""
        equal = {"layer": layer, "feature_id": feature_id, "device_id": device_id, "after": after}
        where, values = _conditions(equal)
        if statuses is not None:
            where += f" AND status IN ({_literals(statuses)})"
        if received_between is not None:
            where += " AND received_at >= ? AND received_at < ?"
            values += received_between
        sql = f"SELECT {_CHANGE_COLUMNS} FROM gis_capture_receipts WHERE {where} ORDER BY id"
        return map(_change, self._db.execute(sql, values))

    def other_bodies(self, change_id: str | None = None) -> Iterator[PushedChange]:
        """Bodies that came under the id of another change or under none."""
        where, values = _conditions({"change_id": change_id})
        sql = f"SELECT {_CHANGE_COLUMNS} FROM gis_capture_other_bodies WHERE {where} ORDER BY received_at"
        return map(_change, self._db.execute(sql, values))

    def conflict(self, conflict_id: str) -> Conflict | None:
        """One conflict record."""
        row = self._db.execute(
            "SELECT body FROM gis_capture_conflicts WHERE conflict_id = ?", (conflict_id,)
        ).fetchone()
        return Conflict.from_json(json.loads(row[0])) if row else None

    def conflicts(
        self,
        *,
        state: str | None = None,
        layers: Sequence[str] | None = None,
        feature_id: str | None = None,
        change_id: str | None = None,
        after: tuple[int, int] = (0, 0),
    ) -> Iterator[tuple[int, Conflict]]:
        """Conflict records in the order of (revision, number)."""
        where, values = _conditions({"feature_id": feature_id, "change_id": change_id})
        if state is not None:
            where += f" AND state = {_literals([state])}"
        if layers is not None:
            where += " AND layer IN (SELECT value FROM json_each(?))"
            values.append(json.dumps([key.replace("\0", "\ufffd") for key in layers]))
        sql = f"SELECT id, body FROM gis_capture_conflicts WHERE (revision, id) > (?, ?) AND {where}"
        rows = self._db.execute(f"{sql} ORDER BY revision, id", (*after, *values))
        return ((number, Conflict.from_json(json.loads(body))) for number, body in rows)

    def named_attachments(self, sha256: str | None = None) -> Iterator[NamedAttachment]:
        """Attachments that changes name."""
        where, values = _conditions({"sha256": sha256})
        sql = f"SELECT change_id, layer, feature_id, attachment FROM gis_capture_named_attachments WHERE {where}"
        for change_id, layer, feature_id, attachment in self._db.execute(sql, values):
            yield NamedAttachment(change_id, layer, feature_id, Attachment.from_json(json.loads(attachment)))

    def index_field(self, layer: str, field: str) -> None:
        """Makes it quick to find the features that have a value in a field."""
        name, table, column = map(quote_identifier, (f"gis_capture_{layer}_{field}_values", layer, field))
        self._db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({column})")

    def put_change(self, change: PushedChange) -> None:
        """Keeps a change with its receipt."""
        self._db.execute(
            "INSERT INTO gis_capture_receipts (change_id, sha256, layer, feature_id, after, device_id, author,"
            " received_at, status, revision, receipt, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (change_id) DO UPDATE SET status = excluded.status, revision = excluded.revision,"
            " receipt = excluded.receipt, body = excluded.body, sha256 = excluded.sha256",
            (
                change.change_id,
                change.sha256,
                _text(change.body, "layer"),
                _text(change.body, "feature_id"),
                _text(change.body, "after"),
                change.device_id,
                change.author,
                change.received_at,
                change.receipt.status,
                change.receipt.revision,
                _dumps(change.receipt.to_json()),
                _dumps(change.body),
            ),
        )

    def keep_body(self, change: PushedChange) -> None:
        """Keeps a body that came under the id of another change, or under none."""
        self._db.execute(
            f"INSERT INTO gis_capture_other_bodies ({_CHANGE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (
                change.change_id,
                change.sha256,
                _dumps(change.body),
                _dumps(change.receipt.to_json()),
                change.device_id,
                change.author,
                change.received_at,
            ),
        )

    def put_conflict(self, conflict: Conflict) -> None:
        """Keeps a conflict record in its newest form."""
        self._db.execute(
            "INSERT INTO gis_capture_conflicts (conflict_id, change_id, layer, feature_id, state, revision, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (conflict_id) DO UPDATE"
            " SET state = excluded.state, revision = excluded.revision, body = excluded.body",
            (
                conflict.conflict_id,
                conflict.change_id,
                conflict.layer,
                conflict.feature_id,
                conflict.state,
                conflict.revision,
                _dumps(conflict.to_json()),
            ),
        )

    def name_attachments(self, named: Iterable[NamedAttachment]) -> None:
        """Notes that a change names attachments."""
        self._db.executemany(
            "INSERT INTO gis_capture_named_attachments (sha256, change_id, layer, feature_id, attachment)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                (one.attachment.sha256, one.change_id, one.layer, one.feature_id, _dumps(one.attachment.to_json()))
                for one in named
            ),
        )


def _conditions(equal: dict[str, Any]) -> tuple[str, list[Any]]:
    wanted = {column: value for column, value in equal.items() if value is not None}
    return " AND ".join(["TRUE", *(f"{column} = ?" for column in wanted)]), list(wanted.values())


def _literals(words: Sequence[str]) -> str:
    """Words of ours as SQL: only where they stand in the statement does SQLite use an index over some rows."""
    return ", ".join("'" + "".join(filter(str.isalpha, word)) + "'" for word in words)


def _change(row: Sequence[Any]) -> PushedChange:
    change_id, sha256, body, receipt, device_id, author, received_at = row
    parsed = Receipt.from_json(json.loads(receipt))
    return PushedChange(change_id, sha256, json.loads(body), parsed, device_id, author, received_at)


def _text(body: Any, name: str) -> str | None:
    """A member of a body that may be anything; SQLite takes no text that is not UTF-8, PostgreSQL none with NUL."""
    value = body.get(name) if isinstance(body, dict) else None
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd") if isinstance(value, str) else None


def _dumps(value: Any) -> str:
    """JSON in ASCII: half a surrogate pair and NaN in a body survive as well."""
    return _ENCODER.encode(value)
