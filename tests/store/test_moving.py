"""A store is taken to the other kind and back: everything is there, or nothing was done."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_capture.errors import FeatureError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.model import Attachment, Feature, PositionQuality
from gis_capture.store import Author, SourceRow, Store, moving, open_store
from gis_capture.store.moving import move_store
from gis_capture.store.source_rows import blocks_of
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.sync.pull import pull
from gis_capture.text import Text
from tests.store.lamps import AT, LAMPS, OFFICE, lamp
from tests.sync.tablets import Tablet, fill, lines_of
from tests.sync.tablets import lamp as light

Write = Callable[..., int]
MOVER = Author("direct edit")
PHOTO = Attachment("ab" * 32, "写真.jpg", 812, "image/jpeg", AT)


def _story(store: Store) -> None:
    """An import, edits, conflicts, a deletion, a field taken out, geometries of all kinds."""
    base = fill(store, light("f1", number="K-1", status="点灯", owner="山田"), light("f2"), light("f3"))
    one, other = Tablet(store, device_id="t1"), Tablet(store, device_id="t2")
    one.push(one.change("update", "f1", base_revision=base, fields={"status": ("点灯", "撤去")}))
    other.push(
        other.change("update", "f1", base_revision=base, fields={"status": ("点灯", "球切れ")}),
        other.change("update", "f2", after="gone", fields={"name": (None, "\ud800")}),
        other.change("delete", "f3", base_revision=base),
        other.change("insert", "f4", fields={"status": (None, "無い語")}),
    )
    shapes = shapely.from_wkt(
        ["POINT Z (1 2 3)", "POINT M (1 2 0.30000000000000004)", "POINT ZM (1 2 3 4)", "POINT EMPTY"]
    )
    with store.transact(OFFICE, at=AT) as transaction:
        layer = replace(LAMPS, key="mast", key_fields=())
        transaction.put_layer(layer)
        masts = [replace(lamp(f"m{n}", checked_at="2026-01-01T00:00:00.5Z"), layer="mast") for n in range(6)]
        masts[0] = replace(masts[0], attachments=(PHOTO,), position=PositionQuality("gps", 0.1 + 0.2, ""))
        transaction.insert([*masts, *(Feature("mast", f"s{n}", one, {"number": ""}) for n, one in enumerate(shapes))])
        rows = [
            SourceRow(2, "loaded", None, "m0", {"番号": "１－\0"}),
            SourceRow(3, "skipped", "blank", None, {"番号": None}),
        ]
        transaction.put_import({"import_id": "i1", "source_name": "台帳.xlsx", "layer": "mast"}, blocks_of(rows))
    with store.transact(OFFICE, at=AT) as transaction:
        without = tuple(field for field in layer.fields if field.name != "power_w")
        transaction.put_layer(replace(layer, definition_version=2, fields=without))
        transaction.delete("mast", "m5")


def _content(store: Store) -> dict[str, Any]:
    """Everything that can be asked of a store."""
    with store.snapshot() as moment:
        changes = [(one.change_id, one.sha256, one.body, one.receipt) for one in moment.sync.changes()]
        named = list(moment.sync.named_attachments())
    return {
        "revision": store.revision(),
        "layers": store.layers(),
        "features": {one.key: list(store.features(one.key)) for one in store.layers()},
        "infos": [replace(store.layer_info(one.key), extent=None) for one in store.layers()],
        "history": [store.history("lamp", one) for one in ("f1", "f3")] + [store.history("mast", "m5")],
        "authors": [store.author_of(number) for number in range(1, store.revision() + 1)],
        "imports": store.imports(),
        "rows": list(store.source_rows("i1")),
        "provenance": store.provenance("m0"),
        "changes": changes,
        "named": named,
        "conflicts": list_conflicts(store),
    }


@pytest.fixture
def other(store: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty store of the other kind."""
    is_file = isinstance(getattr(store, "path", None), Path)
    place = request.getfixturevalue("schema_url") if is_file else tmp_path / "other.gpkg"
    opened = open_store(place, create=True)
    yield opened
    opened.close()


def test_everything_is_there_afterwards(store: Store, other: Store) -> None:
    """Features, history, receipts, conflicts, imports; with an epoch of its own, and the source as it was."""
    _story(store)
    before = _content(store)

    move_store(store, other, author=MOVER, at=AT)

    after = _content(other)
    instants = {"checked_at": "2026-01-01T00:00:00.500Z"}
    for content in (before, after):
        for feature in content["features"]["mast"]:
            if feature.fields["checked_at"] and "." in feature.fields["checked_at"]:
                feature.fields.update(instants)
    assert after == before == {**_content(store), "features": before["features"]}
    assert (other.epoch != store.epoch, other.check_integrity()) == (True, [])


def test_what_the_target_goes_on_with_follows(store: Store, other: Store) -> None:
    """New revisions, a field that comes back with its values, and a pull since the last revision of the old store."""
    _story(store)
    last = store.revision()
    move_store(store, other, author=MOVER, at=AT)

    with other.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(replace(LAMPS, key="mast", key_fields=(), definition_version=3))
        transaction.insert([replace(lamp("m9"), layer="mast")])
        transaction.delete("mast", "m1")

    m2 = other.feature("mast", "m2")
    assert m2 is not None and m2.fields["power_w"] == 0.1 + 0.2
    lines = lines_of(pull(other, layers=["mast"], clock=lambda: AT, since=last))
    assert {line["feature_id"] for line in lines if "feature_id" in line} == {"m1", "m9"}


def test_a_store_that_holds_something_is_no_target(store: Store, other: Store, write: Write) -> None:
    """It is refused, and stays as it is."""
    write(lamp("a"))
    with other.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)

    with pytest.raises(StoreError, match="empty"):
        move_store(store, other, author=MOVER, at=AT)

    assert (other.count("lamp"), other.revision()) == (0, 1)


def test_a_move_that_fails_is_simply_done_again(
    store: Store, other: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half-way it leaves nothing; and one whose end was lost finds that all is there."""
    write(lamp("a"), lamp("b"))
    copy = moving._copy_table

    def fail(*arguments: Any) -> None:
        copy(*arguments)
        raise StoreError(Text("停電", "power cut"))

    monkeypatch.setattr(moving, "_copy_table", fail)
    with pytest.raises(StoreError, match="power cut"):
        move_store(store, other, author=MOVER, at=AT)
    assert (other.layers(), other.revision()) == ((), 0)

    monkeypatch.setattr(moving, "_copy_table", copy)
    assert [move_store(store, other, author=MOVER, at=AT) for _ in range(2)] == [2, 2]


def test_a_value_that_got_lost_on_the_way_is_told(
    store: Store, other: Store, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are read back and compared; nothing stays in the target then."""
    write(lamp("a"), lamp("b"))
    pages = moving._pages

    def lossy(read: Any, rows: Any) -> Any:
        for page in pages(read, rows):
            is_source = type(read).__name__.endswith("Snapshot")
            yield [replace(one, fields={**one.fields, "number": None}) for one in page] if is_source else page

    monkeypatch.setattr(moving, "_pages", lossy)
    monkeypatch.setattr(moving, "_comparable", lambda layer: lambda feature: feature)
    real = moving._verify
    monkeypatch.setattr(moving, "_verify", lambda *one: (monkeypatch.setattr(moving, "_pages", pages), real(*one)))

    with pytest.raises(StoreError, match="differs"):
        move_store(store, other, author=MOVER, at=AT)

    assert other.layers() == ()


def test_direct_edits_are_adopted_first(path: Path, store: Store, write: Write, schema_url: str) -> None:
    """What QGIS did in the file is a revision of its own in the database."""
    write(lamp("a"))
    database = connect(path)
    database.execute("UPDATE lamp SET status = '球切れ'")
    database.close()
    other = open_store(schema_url, create=True)

    move_store(store, other, author=MOVER, at=AT)

    former = [state.fields["status"] for _, state in other.history("lamp", "a")]
    now = other.feature("lamp", "a")
    assert (former, now and now.fields["status"], other.author_of(2)[0].device_id) == (
        ["点灯"],
        "球切れ",
        "direct edit",
    )
    other.close()


def test_a_value_that_postgresql_cannot_hold_is_named(path: Path, store: Store, write: Write, schema_url: str) -> None:
    """SQLite takes any value in any column; nothing is moved then, and the message says which to mend."""
    write(lamp("a"))
    database = connect(path)
    database.execute("UPDATE lamp SET n_lamps = '三つ'")
    database.close()
    other = open_store(schema_url, create=True)

    with pytest.raises(FeatureError) as error:
        move_store(store, other, author=MOVER, at=AT)

    assert (error.value.subject["field"], other.layers()) == ("n_lamps", ())
    other.close()


def test_both_kinds_have_the_same_tables(path: Path, store: Store, schema_url: str) -> None:
    """What one keeps, the other keeps too, and a move takes all of it."""
    file = connect(path)
    tables = [
        row[0]
        for row in file.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'gis~_capture~_%' ESCAPE '~' AND type = 'table'"
        )
    ]
    in_file = {table: [row[1] for row in file.execute(f"PRAGMA table_info({table})")] for table in tables}
    file.close()
    other: Any = open_store(schema_url, create=True)
    columns_of = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = ?"
    sql = f"{columns_of} ORDER BY ordinal_position"
    in_database: dict[str, list[str]] = {}
    for table, column in other.connection.execute(sql, (other.place.schema,)):
        in_database.setdefault(table, []).append(column)
    other.close()

    in_database["gis_capture_layers"] = in_database["gis_capture_layers"][:5]
    assert in_database == in_file
    moved = {table: list(columns) for table, columns in moving.TABLES.items()}
    by_hand = {"gis_capture_meta", "gis_capture_layers", "gis_capture_attachments", "gis_capture_direct_edits"}
    assert moved == {table: columns for table, columns in in_file.items() if table not in by_hand}
