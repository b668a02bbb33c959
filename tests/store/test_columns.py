"""Columns hold what rows hold."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import shapely

from gis_capture.errors import LayerError
from gis_capture.store import Store, columns
from gis_capture.store.protocol import FeatureQuery
from tests.store.lamps import AT, LAMPS, OFFICE, lamp

NAMES = [field.name for field in LAMPS.fields]


def test_columns_hold_every_value_as_rows_do(store: Store, write: Callable[..., int]) -> None:
    """Field by field, with None where there is none, and the geometry to the last bit."""
    write(lamp("a", 137.1, 36.2), lamp("b", status=None, is_led=True, checked_at=None))
    (batch,) = store.columns("lamp", NAMES)
    rows = dict(store.numbered_features("lamp"))

    assert set(batch.fids) == set(rows) and set(batch.feature_ids) == {"a", "b"}
    for place, fid in enumerate(batch.fids):
        feature = rows[fid]
        assert feature.geometry is not None
        assert {name: batch.fields[name][place] for name in NAMES} == {n: feature.fields[n] for n in NAMES}
        assert shapely.equals_identical(batch.geometries[place], feature.geometry)
    assert next(store.columns("lamp", ["power_w"])).fields.keys() == {"power_w"}


def test_a_page_holds_what_its_rows_do(store: Store, write: Callable[..., int]) -> None:
    """In their order, with the revision that wrote each; a page beyond the last one is empty."""
    write(lamp("a", 137.1, 36.2), lamp("b", status=None), replace(lamp("c"), geometry=None), lamp("d"))
    for query in (FeatureQuery(limit=3), FeatureQuery(names=("status",), feature_ids=["d", "a"])):
        page, rows = store.page("lamp", query), list(store.numbered_features("lamp", query))
        assert list(page.fids) == [fid for fid, _ in rows]
        assert list(page.feature_ids) == [feature.feature_id for _, feature in rows]
        assert list(page.revisions) == [feature.revision for _, feature in rows]
        assert {name: list(values) for name, values in page.fields.items()} == {
            name: [feature.fields[name] for _, feature in rows] for name in query.names or NAMES
        }
        assert list(page.geometries) == [feature.geometry for _, feature in rows]
        first = page.first(1)
        assert (list(first.fids), first.geometries.tolist()) == (list(page.fids)[:1], page.geometries.tolist()[:1])
        assert {name: list(values) for name, values in first.fields.items()} == {
            name: [rows[0][1].fields[name]] for name in query.names or NAMES
        }
        assert (list(first.feature_ids), list(first.revisions)) == ([rows[0][1].feature_id], [rows[0][1].revision])
        assert page.first(9) is page
    empty = store.page("lamp", FeatureQuery(after_fid=10**9, limit=3))
    assert (list(empty.fids), list(empty.revisions), set(empty.fields)) == ([], [], set(NAMES))


def test_what_was_written_after_a_revision_is_read_alone(store: Store, write: Callable[..., int]) -> None:
    """Also where the change took the position away."""
    first = write(lamp("a"), lamp("b"))
    with store.transact(OFFICE, at=AT) as transaction:
        feature = transaction.feature("lamp", "b")
        assert feature is not None
        transaction.update(replace(feature, geometry=None))
    (batch,) = store.columns("lamp", ["status"], after=first)

    assert (list(batch.feature_ids), batch.geometries[0]) == (["b"], None)
    assert store.layer_revision("lamp") == first + 1
    assert list(store.columns("lamp", [], after=first + 1)) == []


def test_a_snapshot_gives_columns_of_its_moment(store: Store, write: Callable[..., int]) -> None:
    """What is written meanwhile is not among them."""
    write(lamp("a"))
    with store.snapshot() as moment:
        write(lamp("b", number="2"))
        (batch,) = moment.columns("lamp", [])

    assert list(batch.feature_ids) == ["a"]


def test_a_layer_that_is_not_there_has_no_revision(store: Store) -> None:
    """It is named."""
    with pytest.raises(LayerError, match="nothing"):
        store.layer_revision("nothing")


def test_large_rows_are_read_few_at_a_time(
    store: Store, write: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch ends where its geometries are large, and none is left out."""
    write(*(lamp(name) for name in "abcdefg"))
    monkeypatch.setattr(columns, "PAGE_BYTES", 30)
    monkeypatch.setattr(columns, "_LOOKED_AT", 2)
    batches = list(store.columns("lamp", ["status"]))

    assert [len(batch.fids) for batch in batches] == [2, 2, 2, 1]
    assert sorted(one for batch in batches for one in batch.feature_ids) == [*"abcdefg"]
