"""What QGIS, psql or any other program does in the tables becomes a revision; nothing of it is lost."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
import shapely

from gis_capture.errors import StoreError
from gis_capture.store import Author, Store
from gis_capture.store.postgis import PostgisStore
from gis_capture.store.postgis import database as connections
from tests.store.lamps import AT, LAMPS, OFFICE, VALUES, lamp

QGIS = Author("direct edit")
Psql = psycopg.Connection[Any]


def _fill(store: Store, *ids: str) -> None:
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(LAMPS)
        transaction.insert(lamp(one) for one in ids)


def test_edits_become_a_revision_with_their_former_states(database: PostgisStore, psql: Psql) -> None:
    """Changed, deleted, added: former values are exact, to the bit and the instant, whatever the other's time zone."""
    _fill(database, "a", "b")
    psql.execute(
        "UPDATE lamp SET status = '球切れ', geometry = ST_SetSRID(ST_MakePoint(1, 2), 6668) WHERE feature_id = 'a'"
    )
    psql.execute("UPDATE lamp SET power_w = 7 WHERE feature_id = 'a'")
    psql.execute("DELETE FROM lamp WHERE feature_id = 'b'")
    psql.execute("INSERT INTO lamp (number) VALUES ('QGIS')")

    assert database.has_direct_edits()
    assert database.adopt_direct_edits(QGIS, at=AT, new_id=lambda: "new") == 2

    former = replace(lamp("a"), revision=1)
    now = database.feature("lamp", "a")
    assert database.history("lamp", "a") == [(2, former)]
    assert now is not None and now.geometry == shapely.Point(1, 2)
    assert now.fields == {**VALUES, "status": "球切れ", "power_w": 7.0}
    assert database.deleted("lamp", "b") == replace(lamp("b"), revision=2)
    added = database.feature("lamp", "new")
    assert added is not None and (added.fields["number"], added.revision) == ("QGIS", 2)
    assert (database.has_direct_edits(), database.check_integrity()) == (False, [])


def test_a_table_that_was_emptied_at_once_is_not_lost(database: PostgisStore, psql: Psql) -> None:
    """TRUNCATE tells no row; the features are in the history all the same."""
    _fill(database, "a", "b")
    psql.execute("TRUNCATE lamp")

    database.adopt_direct_edits(QGIS, at=AT)

    assert [database.deleted("lamp", one) for one in "ab"] == [replace(lamp(one), revision=2) for one in "ab"]


def test_our_own_writes_are_no_direct_edits_and_adopt_those_first(database: PostgisStore, psql: Psql) -> None:
    """An edit of QGIS that nobody has adopted yet does not pass for the next author's."""
    _fill(database, "a")
    assert not database.has_direct_edits()
    psql.execute("UPDATE lamp SET number = 'Q'")

    with database.transact(OFFICE, at=AT) as transaction:
        stored = transaction.feature("lamp", "a")
        assert stored is not None
        transaction.update(replace(stored, fields={**stored.fields, "status": "球切れ"}))

    assert [database.author_of(n)[0].device_id for n in (1, 2, 3)] == ["office", "direct edit", "office"]
    assert [state.fields["number"] for _, state in database.history("lamp", "a")] == [VALUES["number"], "Q"]


def test_rows_that_were_numbered_elsewhere_are_followed(database: PostgisStore, psql: Psql) -> None:
    """The next row of ours gets a number that is free."""
    _fill(database, "a")
    psql.execute("INSERT INTO lamp (fid, feature_id) VALUES (2, 'b'), (3, 'c')")

    _fill(database, "d", "e")

    assert [one.feature_id for one in database.features("lamp")] == ["a", "b", "c", "d", "e"]


def test_ids_that_were_changed_come_back(database: PostgisStore, psql: Psql) -> None:
    """Exchanged, emptied, or invented: a feature keeps its identity."""
    _fill(database, "a", "b", "c")
    psql.execute("UPDATE lamp SET feature_id = NULL")
    psql.execute("UPDATE lamp SET feature_id = CASE fid WHEN 1 THEN 'b' WHEN 2 THEN 'a' END")

    database.adopt_direct_edits(QGIS, at=AT)

    assert [one.feature_id for one in database.features("lamp")] == ["a", "b", "c"]


def test_an_open_edit_of_another_program_is_waited_for(
    database: PostgisStore, psql: Psql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading goes on; writing says after a while who is in the way, and changes nothing."""
    _fill(database, "a")
    monkeypatch.setattr(connections, "LOCK_TIMEOUT_MS", 200)
    database._pool.close()
    database._pool._is_closed = False
    with psql.transaction():
        psql.execute("UPDATE lamp SET number = 'Q'")
        assert [one.fields["number"] for one in database.features("lamp")] == [VALUES["number"]]
        with pytest.raises(StoreError, match="another program") as error:
            _fill(database, "b")
        assert "QGIS" in error.value.message.ja

    _fill(database, "b")
    assert [one.fields["number"] for one in database.features("lamp")] == ["Q", VALUES["number"]]


def test_whoever_listens_hears_of_each_revision(database: PostgisStore, psql: Psql) -> None:
    """So that other programs need not ask again and again."""
    psql.execute(f"LISTEN gis_capture_{database.place.schema}")

    _fill(database, "a")

    assert [told.payload for told in psql.notifies(timeout=5, stop_after=1)] == ["1"]


def test_a_trigger_that_was_switched_off_is_damage(database: PostgisStore, psql: Psql) -> None:
    """Edits of other programs would not be noted."""
    _fill(database, "a")
    psql.execute("ALTER TABLE lamp DISABLE TRIGGER gis_capture_note_row")

    assert [problem.code for problem in database.check_integrity()] == ["edits_not_noted"]


def test_counts_and_extent_follow_each_revision(database: PostgisStore, psql: Psql) -> None:
    """Rows are counted once for a revision; edits of others count when they are one."""
    _fill(database, "a", "b")
    assert database.layer_info("lamp").n_features == 2
    psql.execute("DELETE FROM lamp WHERE feature_id = 'b'")
    database.adopt_direct_edits(QGIS, at=AT)
    assert database.layer_info("lamp").n_features == 1
    _fill(database, "c")
    assert (database.layer_info("lamp").n_features, database.layer_info("lamp").revision) == (2, database.revision())
