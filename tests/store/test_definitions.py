"""A layer goes on to a newer definition: nothing stored is lost, and no value comes under another field's name."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from gis_capture.errors import LayerError
from gis_capture.geopackage.connection import connect
from gis_capture.model import Constraints, Field, FieldType, Layer, Text
from gis_capture.store import GeoPackageStore
from tests.store.lamps import AT, LAMPS, OFFICE, VALUES, lamp, make_field

Write = Callable[..., int]
NUMBER, STATUS, POWER, *REST = LAMPS.fields


def _put(store: GeoPackageStore, *fields: Field, version: int = 2) -> Layer:
    layer = replace(LAMPS, definition_version=version, key_fields=(), fields=fields)
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(layer)
    return layer


def _fields(store: GeoPackageStore) -> dict[str, Any]:
    feature = store.feature("lamp", "a")
    assert feature is not None
    return dict(feature.fields)


def test_two_fields_may_exchange_their_names(store: GeoPackageStore, write: Write) -> None:
    """Each keeps its values, known by its `field_id`."""
    write(lamp("a"))

    _put(store, replace(NUMBER, name="status"), replace(STATUS, name="number"), POWER, *REST)

    assert _fields(store) == {**VALUES, "status": VALUES["number"], "number": VALUES["status"]}


def test_a_new_field_does_not_inherit_values_from_one_that_had_its_name(store: GeoPackageStore, write: Write) -> None:
    """The old column is set aside, and comes back with the old field."""
    write(lamp("a"))
    other = Field("lamp.phase", "status", Text("工事の段階", "Phase"), FieldType.INTEGER)

    _put(store, NUMBER, other, POWER, *REST)
    without = _fields(store)
    _put(store, NUMBER, other, replace(STATUS, name="condition"), POWER, *REST, version=3)

    assert without["status"] is None
    assert _fields(store) == {**VALUES, "status": None, "condition": "点灯"}


def test_who_has_read_a_feature_reads_it_by_the_newer_definition(
    path: Path, store: GeoPackageStore, write: Write
) -> None:
    """Though another process changed the layer, and a column that was read is there no more."""
    write(lamp("a"))
    with closing(GeoPackageStore(path)) as reader:
        before = reader.feature("lamp", "a")
        _put(store, NUMBER, replace(STATUS, name="condition"), POWER, *REST)
        after = reader.feature("lamp", "a")

    assert before is not None and dict(before.fields) == VALUES
    assert after is not None and (after.fields["condition"], "status" in after.fields) == (VALUES["status"], False)


def test_a_removed_field_keeps_its_column_for_other_programs(path: Path, store: GeoPackageStore, write: Write) -> None:
    """Its values stay through later edits, too."""
    write(lamp("a"))
    _put(store, NUMBER, POWER, *REST)
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.update(replace(lamp("a", number="2"), fields={"number": "2"}))
    store.close()

    frame = pyogrio.read_dataframe(path, layer="lamp")
    assert (frame["status"].tolist(), frame["number"].tolist()) == (["点灯"], ["2"])


def test_the_history_is_read_by_the_new_names(store: GeoPackageStore, write: Write) -> None:
    """A former state has them; a deleted feature that is restored has all its values."""
    write(lamp("a"), lamp("b"))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "a")
    _put(store, replace(NUMBER, name="ledger_number"), STATUS, POWER, *REST)

    with store.transact(OFFICE, at=AT) as transaction:
        last = transaction.deleted("lamp", "a")
        assert last is not None
        transaction.insert([last])

    assert _fields(store)["ledger_number"] == VALUES["number"]
    past = store.feature_at("lamp", "a", 1)
    assert past is not None
    assert dict(past.fields) == _fields(store)


def test_edits_of_other_programs_go_on_with_the_new_columns(path: Path, store: GeoPackageStore, write: Write) -> None:
    """What they did before the change and what they do after it are both adopted with the former values."""
    write(lamp("a"), lamp("b"))
    database = connect(path)
    database.execute("UPDATE lamp SET number = '2' WHERE feature_id = 'a'")
    _put(store, replace(NUMBER, name="ledger_number"), POWER, *REST, make_field("memo"))
    database.execute("UPDATE lamp SET memo = '要確認' WHERE feature_id = 'b'")
    database.close()

    revision = store.adopt_direct_edits(OFFICE, at=AT)

    assert revision is not None
    past = [store.feature_at("lamp", one, 1) for one in ("a", "b")]
    assert [one and one.fields["ledger_number"] for one in past] == [VALUES["number"]] * 2
    b = store.feature_at("lamp", "b", revision - 1)
    assert b is not None
    assert b.fields["memo"] is None
    now = {one.feature_id: one.fields for one in store.features("lamp")}
    assert (now["a"]["ledger_number"], now["b"]["memo"]) == ("2", "要確認")


@pytest.mark.parametrize(
    "newer",
    [
        replace(LAMPS, definition_version=0),
        replace(LAMPS, definition_version=2, crs="EPSG:4326"),
        replace(LAMPS, definition_version=2, geometry_type="Polygon"),
        replace(LAMPS, definition_version=2, fields=(NUMBER, replace(STATUS, type=FieldType.INTEGER, domain=None))),
    ],
    ids=["older", "crs", "geometry", "type"],
)
def test_a_definition_that_does_not_fit_what_is_stored_is_refused(
    store: GeoPackageStore, write: Write, newer: Layer
) -> None:
    """In both languages, with the layer's title; the stored one stays."""
    write(lamp("a"))

    with pytest.raises(LayerError) as error, store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(newer)

    assert "街路灯" in error.value.message.ja
    assert (store.layers(), store.revision()) == ((LAMPS,), 1)


def test_the_description_for_other_programs_follows(path: Path, store: GeoPackageStore, write: Write) -> None:
    """Titles, domains and ranges of the Schema extension are those of the newer definition, and no others."""
    write(lamp("a"))
    _put(store, NUMBER, replace(POWER, constraints=Constraints(minimum=1)), make_field("memo"))
    store.close()

    database = connect(path)
    titles = dict(database.execute("SELECT column_name, name FROM gpkg_data_columns"))
    rules = database.execute("SELECT constraint_name, min, max FROM gpkg_data_column_constraints").fetchall()
    broken = database.execute("PRAGMA foreign_key_check").fetchall()
    database.close()
    assert titles.items() >= {"number": "numberの題", "memo": "memoの題", "feature_id": "識別番号"}.items()
    assert ("status" in titles, rules, broken) == (False, [("lamp.power_w", 1, None)], [])
