"""The contract of a store: transactions, revisions, reading, definitions, imports."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from gis_capture.errors import FeatureError, FieldError, FormatVersionError, LayerError, StoreError
from gis_capture.geopackage.connection import connect
from gis_capture.geopackage.files import create_geopackage
from gis_capture.model import Attachment, BBox, FieldType, PositionQuality, Text
from gis_capture.store import Author, FeatureQuery, GeoPackageStore, SourceRow, open_store
from gis_capture.store.source_rows import blocks_of
from tests.store.lamps import AT, LAMPS, OFFICE, VALUES, lamp, make_field

Write = Callable[..., int]
PHOTO = Attachment("ab" * 32, "写真.jpg", 81234, "image/jpeg", AT, {"lon": 137.25, "lat": 36.14, "accuracy_m": 4})


def test_a_feature_comes_back_as_it_was(store: GeoPackageStore, write: Write) -> None:
    """Every type of value, a position with its quality, attachments."""
    feature = replace(lamp("a"), position=PositionQuality("dms", 3.5, "36度8分"), attachments=(PHOTO,))

    revision = write(feature)

    assert store.feature("lamp", "a") == replace(feature, revision=revision)
    # And once more, by what was kept from the first time.
    assert store.feature("lamp", "a") == replace(feature, revision=revision)
    assert [type(value) for value in store.feature("lamp", "a").fields.values()] == [  # type: ignore[union-attr]
        type(value) for value in VALUES.values()
    ]


def test_a_feature_without_a_place_is_kept(store: GeoPackageStore, write: Write) -> None:
    """It is counted, and found by asking for it."""
    write(lamp("a"), replace(lamp("b"), geometry=None))

    info = store.layer_info("lamp")
    assert (info.n_features, info.n_unlocated, info.extent) == (2, 1, BBox(137.25, 36.14, 137.25, 36.14))
    assert [one.feature_id for one in store.features("lamp", FeatureQuery(is_located=False))] == ["b"]


ALL_DOUBTED = "経度「137」（台帳全体で確認：測地系の記載がありません）"
QUALITIES = {
    "address": (PositionQuality("address", None), True),
    "rough": (PositionQuality("mesh", 500.0), True),
    "exact": (PositionQuality("coordinates", 1.0), False),
    "doubted": (PositionQuality("coordinates", 1.0, "（確認：区域の外です）"), True),
    "of-all": (PositionQuality("coordinates", 450.0, ALL_DOUBTED), False),
    "of-all-and-one": (PositionQuality("coordinates", 450.0, f"{ALL_DOUBTED}（確認：区域の外です）"), True),
    "on-the-spot": (PositionQuality("gps", 35.0), False),
    "unsaid": (PositionQuality(), False),
}


def test_positions_that_a_crew_should_look_at_are_found(store: GeoPackageStore, write: Write) -> None:
    """By the rule of the tablets; what has no place is none of them."""
    nowhere = replace(lamp("nowhere"), geometry=None, position=PositionQuality("address", 300.0))
    write(nowhere, *(replace(lamp(key), position=quality) for key, (quality, _) in QUALITIES.items()))

    query = FeatureQuery(is_unconfirmed=True)
    expected = [key for key, (_, is_wanted) in QUALITIES.items() if is_wanted]
    assert [one.feature_id for one in store.features("lamp", query)] == expected
    assert store.count("lamp", query) == len(expected)


def test_a_block_that_raises_changes_nothing(store: GeoPackageStore, write: Write) -> None:
    """Neither features nor the revision."""
    write(lamp("a"))

    with pytest.raises(ZeroDivisionError), store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b")])
        transaction.delete("lamp", "a")
        raise ZeroDivisionError

    assert (store.revision(), [one.feature_id for one in store.features("lamp")]) == (1, ["a"])


def test_a_savepoint_undoes_only_itself(store: GeoPackageStore, write: Write) -> None:
    """What came before and after it in the same transaction stays."""
    write()
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("a")])
        with pytest.raises(FeatureError), transaction.savepoint():
            transaction.insert([lamp("b")])
            transaction.insert([lamp("a")])
        transaction.insert([lamp("c")])

    assert [one.feature_id for one in store.features("lamp")] == ["a", "c"]


def test_a_revision_knows_its_author(store: GeoPackageStore, write: Write) -> None:
    """Who and when."""
    revision = write(lamp("a"))

    assert store.author_of(revision) == (OFFICE, AT)


def test_a_reader_is_not_blocked_and_sees_no_half(store: GeoPackageStore, write: Write) -> None:
    """While a transaction is open, another thread reads the state before it."""
    write(lamp("a"))
    seen: list[int] = []

    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b")])
        reader = threading.Thread(target=lambda: seen.append(store.count("lamp")))
        reader.start()
        reader.join(timeout=10)

    assert (seen, store.count("lamp")) == ([1], 2)


def test_a_snapshot_holds_one_moment(store: GeoPackageStore, write: Write) -> None:
    """What is written meanwhile is not in it."""
    write(lamp("a"))

    with store.snapshot() as snapshot:
        write(lamp("b"))
        ids = [one.feature_id for _, one in snapshot.changed("lamp", after=(0, 0))]

    assert (snapshot.revision, ids) == (1, ["a"])


def test_writers_wait_for_each_other(store: GeoPackageStore, write: Write) -> None:
    """Twenty threads write at once; every one gets a revision of its own, nothing is lost."""
    write()
    revisions: list[int] = []

    def insert(number: int) -> None:
        with store.transact(Author(f"tablet {number}"), at=AT) as transaction:
            transaction.insert([lamp(f"t{number}")])
            revisions.append(transaction.revision)

    threads = [threading.Thread(target=insert, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(revisions) == list(range(2, 22))
    assert store.count("lamp") == 20


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (FeatureQuery(), ["a", "b", "c"]),
        (FeatureQuery(bbox=BBox(137.2, 36.1, 137.3, 36.2)), ["a"]),
        (FeatureQuery(bbox=BBox(0, 0, 1, 1)), []),
        (FeatureQuery(bbox=BBox(137.5, 36.1, -170, 36.2)), ["b", "c"]),
        (FeatureQuery(bbox=BBox(170, 36.1, 137.3, 36.2), after_fid=0, limit=5), ["a"]),
        (FeatureQuery(bbox=BBox(170, 36.1, -170, 36.2)), []),
        (FeatureQuery(equals={"status": "球切れ"}), ["b"]),
        (FeatureQuery(equals={"status": None}), ["c"]),
        (FeatureQuery(equals={"is_led": True}), ["c"]),
        (FeatureQuery(equals={"checked_at": "2026-11-23T02:10:00Z"}), ["a", "b", "c"]),
        (FeatureQuery(text="髙%"), ["b"]),
        (FeatureQuery(text="高山"), ["c"]),
        (FeatureQuery(feature_ids=["c", "x", "a"]), ["a", "c"]),
        (FeatureQuery(after_fid=1, limit=1), ["b"]),
    ],
)
def test_a_query_finds_what_it_says(
    store: GeoPackageStore, write: Write, query: FeatureQuery, expected: list[str]
) -> None:
    """Boxes, values, words (with letters that LIKE would read as wild cards), ids and pages."""
    write(
        lamp("a"),
        lamp("b", x=138, number="髙%1", status="球切れ"),
        lamp("c", x=139, status=None, is_led=True, number="高山_2"),
    )

    assert [one.feature_id for one in store.features("lamp", query)] == expected


def test_counting_does_not_mind_the_page(store: GeoPackageStore, write: Write) -> None:
    """It counts all that match."""
    write(lamp("a"), lamp("b"), lamp("c", status=None))

    assert store.count("lamp", FeatureQuery(equals={"status": "点灯"}, limit=1, after_fid=1)) == 2


def test_a_query_for_a_field_that_is_not_there_is_refused(store: GeoPackageStore, write: Write) -> None:
    """Instead of finding nothing."""
    write(lamp("a"))

    with pytest.raises(FieldError):
        list(store.features("lamp", FeatureQuery(equals={"colour": "red"})))


def test_boxes_are_asked_in_degrees_whatever_the_layer_has(store: GeoPackageStore) -> None:
    """A layer in zone VII, in metres: found by a box in EPSG:4326, its extent told in it."""
    plane = replace(LAMPS, crs="EPSG:6675")
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(plane)
        transaction.insert([replace(lamp("a"), geometry=shapely.Point(8_000, 15_000))])

    found = store.features("lamp", FeatureQuery(bbox=BBox(137.2, 36.1, 137.3, 36.2)))
    assert [one.feature_id for one in found] == ["a"]
    assert list(store.features("lamp", FeatureQuery(bbox=BBox(136, 35, 136.5, 35.5)))) == []
    assert len(list(store.features("lamp", FeatureQuery(bbox=BBox(-180, -90, 180, 90))))) == 1
    assert store.layer_info("lamp").extent == pytest.approx((137.2555, 36.1352, 137.2555, 36.1352), abs=1e-4)


def test_a_newer_definition_keeps_values(store: GeoPackageStore, write: Write) -> None:
    """A new field is empty, a renamed one keeps its values, a removed one its column; it may come back."""
    write(lamp("a"))
    number, status, *rest = LAMPS.fields
    newer = replace(
        LAMPS,
        definition_version=2,
        key_fields=(),
        fields=(replace(number, name="ledger_number"), *rest, make_field("memo")),
    )

    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(newer)
    fields = store.feature("lamp", "a").fields  # type: ignore[union-attr]
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(replace(newer, definition_version=3, fields=(*newer.fields, status)))

    assert (fields["ledger_number"], fields["memo"], "status" in fields) == (VALUES["number"], None, False)
    assert store.feature("lamp", "a").fields["status"] == "点灯"  # type: ignore[union-attr]


@pytest.mark.parametrize("change", [{"crs": "EPSG:4326"}, {"geometry_type": "Polygon"}])
def test_a_definition_that_would_lose_data_is_refused(
    store: GeoPackageStore, write: Write, change: dict[str, str]
) -> None:
    """CRS and geometry type of stored features cannot change."""
    write(lamp("a"))

    with pytest.raises(LayerError), store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(replace(LAMPS, definition_version=2, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["fid", "geometry", "geom", "revision", "gis_capture_x", "名前"])
def test_a_field_name_the_store_needs_is_refused(store: GeoPackageStore, name: str) -> None:
    """With an error that names the field, before anything is made."""
    with pytest.raises(FieldError) as error, store.transact(OFFICE, at=AT) as transaction:
        transaction.put_layer(replace(LAMPS, fields=(make_field(name, FieldType.TEXT),), key_fields=()))

    assert error.value.subject["field"] == name
    assert store.layers() == ()


def test_an_import_keeps_every_row(store: GeoPackageStore) -> None:
    """Rows of several tables, with other columns, in the order in which they came."""
    rows = [
        SourceRow(2, "loaded", None, "a", {"番号": "1", "備考": None}, "台帳"),
        SourceRow(3, "skipped", "subtotal", None, {}, "台帳"),
        SourceRow(2, "rejected", "nothing_to_store", None, {"番号": "２"}, "台帳 (2)"),
    ]
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_import({"import_id": "i1", "source_name": "街路灯.csv"}, blocks_of(rows))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.put_import({"import_id": "i1", "source_name": "街路灯.csv", "state": "undone"}, ())

    assert [record["state"] for record in store.imports()] == ["undone"]
    assert list(store.source_rows("i1")) == rows


def test_a_store_is_opened_again(path: Path, store: GeoPackageStore, write: Write) -> None:
    """With its epoch, layers and features; closing leaves one file."""
    write(lamp("a"))
    store.close()

    assert [file.name for file in path.parent.iterdir()] == [path.name]
    again = open_store(path)
    assert (again.epoch, again.layers(), again.count("lamp")) == ("epoch-1", (LAMPS,), 1)
    again.close()


def test_a_store_of_a_newer_version_is_refused(path: Path, store: GeoPackageStore) -> None:
    """Instead of being read wrongly."""
    store.close()
    database = connect(path)
    database.execute("UPDATE gis_capture_meta SET value = '99' WHERE key = 'format_version'")
    database.close()

    with pytest.raises(FormatVersionError):
        open_store(path)


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 40])
def test_what_is_no_store_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file and any other: an error in both languages, the file untouched."""
    other = tmp_path / "other.gpkg"
    other.write_bytes(content)

    with pytest.raises(StoreError) as error:
        open_store(other)

    assert isinstance(error.value.message, Text)
    assert other.read_bytes() == content


def test_a_backup_is_a_store_of_one_moment(tmp_path: Path, store: GeoPackageStore, write: Write) -> None:
    """Taken while a transaction is open, it holds what was committed before."""
    write(lamp("a"))
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.insert([lamp("b")])
        store.backup_to(tmp_path / "控え.gpkg")

    backup = open_store(tmp_path / "控え.gpkg")
    assert ([one.feature_id for one in backup.features("lamp")], backup.check_integrity()) == (["a"], [])
    backup.close()


def test_damage_is_found(path: Path, store: GeoPackageStore, write: Write) -> None:
    """An index that lost a feature is named with the layer; a sound store has no problems."""
    write(lamp("a"))
    sound = store.check_integrity()
    database = connect(path)
    database.execute("DELETE FROM rtree_lamp_geometry")
    database.close()

    assert sound == []
    assert "街路灯" in store.check_integrity()[0].message.ja


def test_an_index_that_finds_the_wrong_rows_is_damage(path: Path, store: GeoPackageStore, write: Write) -> None:
    """As many entries as features, but one stands for another row, or elsewhere."""
    write(lamp("a"), lamp("b", x=138))
    database = connect(path)
    database.execute("UPDATE rtree_lamp_geometry SET maxx = maxx + 1, minx = minx + 1 WHERE id = 1")
    database.close()

    assert [problem.code for problem in store.check_integrity()] == ["index_out_of_step"]


def test_a_wrong_count_is_damage(path: Path, store: GeoPackageStore, write: Write) -> None:
    """GDAL and our lists show it without counting."""
    write(lamp("a"))
    database = connect(path)
    database.execute("UPDATE gpkg_ogr_contents SET feature_count = 7")
    database.close()

    assert [problem.code for problem in store.check_integrity()] == ["count_out_of_step"]


def test_a_spoilt_page_is_told(path: Path, store: GeoPackageStore, write: Write) -> None:
    """As a problem with words for a clerk, whatever SQLite throws on the way."""
    write(*(lamp(f"l{number}", number=f"{number}" * 50) for number in range(500)))
    database = connect(path)
    (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'lamp'").fetchone()
    database.close()
    store.close()
    content = bytearray(path.read_bytes())
    start = (page - 1) * 4096
    content[start : start + 200] = b"\xa5" * 200
    path.write_bytes(content)

    spoilt = open_store(path)
    problems = spoilt.check_integrity()
    spoilt.close()

    assert {problem.code for problem in problems} >= {"damaged_file"}
    assert "控え" in problems[0].suggestion.ja


def test_a_plain_geopackage_is_no_store(tmp_path: Path) -> None:
    """It is refused, left as it is, and not held open."""
    other = tmp_path / "other.gpkg"
    create_geopackage(other, lambda connection: None)
    before = other.read_bytes()

    with pytest.raises(StoreError, match="not a store"):
        open_store(other)

    assert other.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["other.gpkg"]


def test_a_backup_replaces_an_older_one_and_never_the_store(path: Path, store: GeoPackageStore, write: Write) -> None:
    """Same content, also of the history; a folder that is not there is an error of ours and leaves nothing."""
    write(lamp("a"))
    target = path.with_name("控え.gpkg")
    store.backup_to(target)
    with store.transact(OFFICE, at=AT) as transaction:
        transaction.delete("lamp", "a")
    store.backup_to(target)
    with pytest.raises(StoreError):
        store.backup_to(path)
    with pytest.raises(StoreError):
        store.backup_to(path.with_name("none") / "控え.gpkg")

    backup = open_store(target)
    assert (backup.revision(), backup.epoch, backup.layers()) == (2, store.epoch, (LAMPS,))
    assert backup.feature_at("lamp", "a", 1) == store.feature_at("lamp", "a", 1) is not None
    assert (backup.count("lamp"), store.check_integrity()) == (0, [])
    backup.close()
    assert list(path.parent.glob("*.part")) == []
