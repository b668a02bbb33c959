"""Next month's ledger: rows are matched, what the crews entered stays, what is not certain is listed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import shapely

from gis_capture.errors import SourceError
from gis_capture.ledger.recipes.recipe import ColumnRule, Recipe, TableRule
from gis_capture.model import GEOMETRY, Feature
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from tests.workspace.ledger_versions import LAYER, edit, light, remove, values_of, write_version

Rows = list[dict[str, str]]
Write = Callable[[Sequence[Mapping[str, str]]], Path]


def test_a_ledger_that_goes_on_is_not_doubled_silently(workspace: Workspace, november: Rows, december: Write) -> None:
    """Converting it tells the counts and asks; it can still be taken as another ledger."""
    path = december([*november, light("A-7")])

    with pytest.raises(SourceError) as refused:
        workspace.convert(path, layer=LAYER)
    assert refused.value.subject["code"] == "ledger_continues"
    assert "6行" in refused.value.message.ja
    assert "--update" in refused.value.message.ja
    assert len(values_of(workspace, "status")) == 6

    dry = workspace.convert(path, layer=LAYER, is_dry_run=True)
    assert dry.problems[0].code == "ledger_continues"
    assert workspace.convert(path, layer=LAYER, is_repeat_allowed=True).n_loaded == 7


def test_only_what_the_ledger_changed_is_changed(workspace: Workspace, november: Rows, december: Write) -> None:
    """Changed and new rows are applied, the others are not touched; every row is accounted for."""
    rows = [*november[:4], light("A-5", 状態="球切れ", 備考="依頼済み"), november[5], light("A-7")]
    before = {feature.feature_id: feature.revision for feature in workspace.store.features(LAYER)}

    done = workspace.reimport(december(rows), layer=LAYER, author="佐藤")

    assert done.counts | {"n_unchanged": 5, "n_changed": 1, "n_new": 1} == done.counts
    assert values_of(workspace, "status")["A-5"] == "球切れ"
    assert values_of(workspace, "remarks")["A-5"] == "依頼済み"
    assert "A-7" in values_of(workspace, "status")
    after = {feature.feature_id: feature.revision for feature in workspace.store.features(LAYER)}
    assert sum(after[one] == revision for one, revision in before.items()) == 5


def test_a_crews_edit_stays_where_the_ledger_says_the_same_as_before(
    workspace: Workspace, november: Rows, december: Write
) -> None:
    """Also in a row whose other cells the ledger changed, and in a field that no ledger has."""
    edit(workspace, "A-1", status="破損", inspection_note="傾き")

    workspace.reimport(december([{**november[0], "光源": "水銀灯"}, *november[1:]]), layer=LAYER)

    assert values_of(workspace, "status")["A-1"] == "破損"
    assert values_of(workspace, "inspection_note")["A-1"] == "傾き"
    assert "水銀灯" in str(values_of(workspace, "lamp")["A-1"])
    assert not list_conflicts(workspace.store)


def test_what_both_changed_is_a_conflict_that_names_the_ledger(
    workspace: Workspace, november: Rows, december: Write
) -> None:
    """The stored value stays; the record has what the ledger said before, what it says, and who it is."""
    edit(workspace, "A-1", status="破損")

    done = workspace.reimport(december([{**november[0], "状態": "球切れ"}, *november[1:]]), layer=LAYER, author="佐藤")

    assert done.counts["n_conflicts"] == 1
    assert values_of(workspace, "status")["A-1"] == "破損"
    (conflict,) = list_conflicts(workspace.store)
    (clash,) = conflict["fields"]
    assert (clash["base"], clash["stored"], clash["incoming"]) == ("点灯", "破損", "球切れ")
    assert conflict["incoming_by"]["device_id"] == f"import:{done.import_id}"
    assert "外灯12月.csv" in conflict["incoming_by"]["author"]
    assert "佐藤" in conflict["incoming_by"]["author"]


def test_a_conflict_left_open_is_not_won_by_the_month_after(
    workspace: Workspace, november: Rows, december: Write, tmp_path: Path
) -> None:
    """The base is what the ledger gave last, not what the layer held after it."""
    edit(workspace, "A-1", status="破損")
    rows = [{**november[0], "状態": "球切れ"}, *november[1:]]
    workspace.reimport(december(rows), layer=LAYER)

    january = write_version(tmp_path / "外灯1月.csv", [*rows, light("A-7")])
    done = workspace.reimport(january, layer=LAYER)

    assert done.counts["n_changed"] == 0
    assert values_of(workspace, "status")["A-1"] == "破損"
    assert len(list_conflicts(workspace.store)) == 1


def test_the_same_file_again_changes_nothing(workspace: Workspace, november: Rows, december: Write) -> None:
    """No revision, no import, no change."""
    path = december([{**november[0], "状態": "球切れ"}, *november[1:], light("A-7")])
    workspace.reimport(path, layer=LAYER)
    revision, imports = workspace.store.revision(), workspace.imports()

    again = workspace.reimport(path, layer=LAYER)

    assert again.revision is None
    assert again.counts["n_unchanged"] == 7
    assert workspace.store.revision() == revision
    assert workspace.imports() == imports


def test_a_dry_run_tells_what_would_change_and_writes_nothing(
    workspace: Workspace, november: Rows, december: Write
) -> None:
    """From, to, and what the field has now; the words of the ledger's key."""
    edit(workspace, "A-2", status="破損")
    rows = [{**november[0], "状態": "球切れ"}, {**november[1], "状態": "撤去"}, *november[2:5]]
    revision = workspace.store.revision()

    told = workspace.reimport(december(rows), layer=LAYER, is_dry_run=True)

    first, second = told.changed
    assert (first.row_number, first.key, first.fields[0].title.ja) == (2, "A-1", "状態")
    assert (first.fields[0].old, first.fields[0].new, first.fields[0].result) == ("点灯", "球切れ", "apply")
    assert (second.fields[0].now, second.fields[0].result) == ("破損", "conflict")
    assert [row.key for row in told.removed] == ["A-6"]
    assert workspace.store.revision() == revision


@pytest.mark.parametrize("spelling", ["Ａ－１", "a―1", "A - 1", "A-001"])
def test_a_key_in_another_spelling_is_the_same_row(
    workspace: Workspace, november: Rows, december: Write, spelling: str
) -> None:
    """The row is found, its other cells are taken, its number stays as it was."""
    done = workspace.reimport(
        december([{**november[0], "管理番号": spelling, "状態": "球切れ"}, *november[1:]]), layer=LAYER
    )

    assert done.counts | {"n_changed": 1, "n_new": 0, "n_removed": 0} == done.counts
    assert values_of(workspace, "status")["A-1"] == "球切れ"
    assert any(problem.code == "key_spelled" for problem in done.problems)


def test_rows_that_share_a_key_change_nothing(workspace: Workspace, november: Rows, december: Write) -> None:
    """Nobody guesses which of the two is the former one; the certain ones are still taken."""
    rows = [
        {**november[0], "状態": "球切れ"},
        {**november[0], "状態": "撤去"},
        {**november[1], "状態": "球切れ"},
        *november[2:],
    ]

    done = workspace.reimport(december(rows), layer=LAYER)

    assert [(row.kind, row.row_number) for row in done.listed] == [("row_ambiguous", 2), ("row_ambiguous", 3)]
    assert values_of(workspace, "status") == dict.fromkeys(["A-1", *(f"A-{n}" for n in range(3, 7))], "点灯") | {
        "A-2": "球切れ"
    }
    assert not done.removed


def test_a_removed_row_is_listed_and_stays(
    workspace: Workspace, november: Rows, december: Write, tmp_path: Path
) -> None:
    """Nothing is deleted by itself; when the row comes back it is the same feature."""
    ids = {str(one.fields["ledger_number"]): one.feature_id for one in workspace.store.features(LAYER)}

    done = workspace.reimport(december(november[1:]), layer=LAYER)

    assert [row.key for row in done.removed] == ["A-1"]
    assert "A-1" in values_of(workspace, "status")
    january = write_version(tmp_path / "外灯1月.csv", [{**november[0], "状態": "球切れ"}, *november[1:]])
    back = workspace.reimport(january, layer=LAYER)
    assert [row.feature_id for row in back.changed] == [ids["A-1"]]
    assert back.counts["n_new"] == 0


def test_a_renumbered_row_is_proposed_not_done(workspace: Workspace, november: Rows, december: Write) -> None:
    """All it says but the number is what a removed row said; until somebody decides, both are left alone."""
    done = workspace.reimport(december([{**november[0], "管理番号": "B-100"}, *november[1:]]), layer=LAYER)

    assert [(row.kind, row.key) for row in done.listed] == [("row_renumbered", "B-100")]
    assert not done.removed
    assert sorted(values_of(workspace, "status")) == [f"A-{n}" for n in range(1, 7)]

    workspace.decide_rows(done.import_id or "", [{"table": "外灯12月", "row": 2, "take": "renumber"}])
    assert sorted(values_of(workspace, "status")) == [*(f"A-{n}" for n in range(2, 7)), "B-100"]


def test_a_value_that_cannot_be_read_does_not_empty_the_field(
    workspace: Workspace, tmp_path: Path, december: Write
) -> None:
    """The former value stays and the row is told; an emptied cell does empty it."""
    columns = ("管理番号", "設置年月日", "経度", "緯度")
    rows = [light(f"A-{n}", 設置年月日="2020-04-01") for n in range(1, 5)]
    workspace.convert(write_version(tmp_path / "11月.csv", rows, columns=columns), layer=LAYER)
    rows[0]["設置年月日"], rows[1]["設置年月日"], rows[2]["経度"] = "春ごろ", "", "東の方"

    done = workspace.reimport(write_version(tmp_path / "12月.csv", rows, columns=columns), layer=LAYER)

    assert values_of(workspace, "installed_on")["A-1"] == "2020-04-01"
    assert values_of(workspace, "installed_on")["A-2"] is None
    assert {problem.code: problem.row_number for problem in done.problems if problem.code.endswith("_kept")} == {
        "value_kept": 2,
        "position_kept": 4,
    }
    assert all(feature.geometry is not None for feature in workspace.store.features(LAYER))


def test_a_moved_point_stays_until_the_coordinates_of_the_ledger_change(
    workspace: Workspace, november: Rows, december: Write, tmp_path: Path
) -> None:
    """Other cells and another notation of the same place do not move it; other coordinates are a conflict."""
    moved = shapely.Point(137.5, 36.2)
    edit(workspace, "A-1", geometry=moved)
    edit(workspace, "A-2", geometry=moved)
    rows = [
        {**november[0], "光源": "水銀灯", "緯度": "36.1400"},
        {**november[1], "緯度": "36.15"},
        {**november[2], "緯度": "36.15"},
        *november[3:],
    ]

    workspace.reimport(december(rows), layer=LAYER)

    places = {str(one.fields["ledger_number"]): one for one in workspace.store.features(LAYER)}
    assert places["A-1"].geometry == moved
    assert places["A-2"].geometry == moved
    assert places["A-3"].geometry is not None
    assert places["A-3"].geometry.y == 36.15  # type: ignore[attr-defined]
    assert places["A-3"].position.method == "coordinates"
    (conflict,) = list_conflicts(workspace.store)
    assert conflict[GEOMETRY]["incoming"]["coordinates"][1] == 36.15
    assert conflict[GEOMETRY]["base"]["coordinates"][1] == 36.14

    again = workspace.reimport(write_version(tmp_path / "外灯1月.csv", [*rows, light("A-9")]), layer=LAYER)
    assert again.counts["n_changed"] == 0


def test_a_deleted_feature_stays_deleted(workspace: Workspace, november: Rows, december: Write) -> None:
    """A row that goes on as it was is only told; what the ledger changed is in a conflict record."""
    remove(workspace, "A-1")
    remove(workspace, "A-2")

    done = workspace.reimport(december([{**november[0], "状態": "球切れ"}, *november[1:]]), layer=LAYER)

    assert sorted(values_of(workspace, "status")) == [f"A-{n}" for n in range(3, 7)]
    assert any(problem.code == "feature_deleted" for problem in done.problems)
    (conflict,) = list_conflicts(workspace.store)
    assert conflict["stored_kind"] == "delete"
    assert conflict["fields"][0]["incoming"] == "球切れ"


def test_a_feature_made_in_the_field_is_taken_up_by_its_number(
    workspace: Workspace, november: Rows, december: Write
) -> None:
    """Not doubled: empty fields are filled, what clashes is a conflict, the crew's place stays."""
    made = Feature(
        LAYER,
        "11111111-1111-4111-8111-111111111111",
        shapely.Point(137.3, 36.1),
        {"ledger_number": "A-7", "status": "点滅"},
    )
    with workspace.store.transact(Author("tablet-1"), at=workspace.clock()) as transaction:
        transaction.insert([made])

    done = workspace.reimport(december([*november, light("A-7", 備考="新設")]), layer=LAYER)

    assert done.counts | {"n_new": 0, "n_changed": 1} == done.counts
    assert len(values_of(workspace, "status")) == 7
    assert values_of(workspace, "status")["A-7"] == "点滅"
    assert values_of(workspace, "remarks")["A-7"] == "新設"
    (conflict,) = list_conflicts(workspace.store)
    assert {clash["field"] for clash in conflict["fields"]} == {"status"}
    assert conflict[GEOMETRY] is not None


def test_numbers_that_were_given_anew_are_doubted(workspace: Workspace, tmp_path: Path) -> None:
    """A running number after a row was taken out: nothing is written unless a person chooses the column."""
    names = [f"町内会{n}の灯" for n in range(12)]
    columns = ("管理番号", "住所", "備考", "経度", "緯度")
    rows = [light(str(n + 1), 住所=name, 備考=name, 経度=f"137.{n + 10}") for n, name in enumerate(names)]
    workspace.convert(write_version(tmp_path / "11月.csv", rows, columns=columns), layer=LAYER)
    shifted = [{**row, "管理番号": str(n + 1)} for n, row in enumerate(rows[1:])]
    path = write_version(tmp_path / "12月.csv", shifted, columns=columns)

    with pytest.raises(SourceError) as doubted:
        workspace.reimport(path, layer=LAYER)
    assert doubted.value.subject["code"] == "key_doubtful"

    done = workspace.reimport(path, layer=LAYER, key=["住所"], is_dry_run=True)
    assert done.counts["n_removed"] == 1
    assert {one.field for row in done.changed for one in row.fields} == {"ledger_number"}


def test_a_rule_breaking_value_is_stored_as_a_conversion_does(
    workspace: Workspace, november: Rows, december: Write
) -> None:
    """A word that is not in the list of the field does not keep the rest of the row out."""
    workspace.reimport(december([{**november[0], "状態": "謎", "備考": "見に行く"}, *november[1:]]), layer=LAYER)

    assert values_of(workspace, "status")["A-1"] == "謎"
    assert values_of(workspace, "remarks")["A-1"] == "見に行く"


def test_two_ledgers_of_one_layer_do_not_mix(workspace: Workspace, november: Rows, tmp_path: Path) -> None:
    """The next version is compared with the one it shares its numbers with."""
    south = [light(f"S-{n}") for n in range(5)]
    workspace.convert(write_version(tmp_path / "南.csv", south), layer=LAYER)

    done = workspace.reimport(
        write_version(tmp_path / "外灯12月.csv", [{**november[0], "状態": "球切れ"}, *november[1:]]), layer=LAYER
    )

    assert done.base["source_name"] == "外灯11月.csv"
    assert done.counts | {"n_changed": 1, "n_removed": 0} == done.counts


def test_a_ledger_without_an_earlier_version_is_told_so(workspace: Workspace, november: Rows, december: Write) -> None:
    """It is not taken for a new version of another one."""
    with pytest.raises(SourceError) as told:
        workspace.reimport(december([light(f"Z-{n}") for n in range(5)]), layer=LAYER)

    assert told.value.subject["code"] == "no_earlier_version"


def hydrants(town: str, latitude: float) -> str:
    """Thirty hydrants numbered from 1."""
    rows = [
        f"{n},{town}{n * 7 % 31}番地,{latitude + n * 0.001:.4f},{latitude + 101 + n * 0.001:.4f}" for n in range(1, 31)
    ]
    return "\n".join(["番号,設置場所,緯度,経度", *rows]) + "\n"


def test_running_numbers_alone_make_no_next_version(tmp_path: Path) -> None:
    """The list of another city has the same numbers, but no place in common: it is another ledger, and is added."""
    for name, town, latitude in (("甲市", "栄町", 36.1), ("乙市", "本町", 34.8)):
        (tmp_path / f"消火栓_{name}.csv").write_text(hydrants(town, latitude), encoding="utf-8")
    (tmp_path / "消火栓_翌年.csv").write_text(hydrants("栄町", 36.104), encoding="utf-8")
    with Workspace.create(tmp_path / "w2") as workspace:
        first = workspace.convert(tmp_path / "消火栓_甲市.csv", layer="fire_hydrant")
        assert workspace.convert(tmp_path / "消火栓_乙市.csv", layer="fire_hydrant").n_loaded == first.n_loaded == 30
        with pytest.raises(SourceError) as told:
            workspace.convert(tmp_path / "消火栓_翌年.csv", layer="fire_hydrant")
        assert told.value.subject["code"] == "ledger_continues"


@pytest.mark.parametrize(("stated", "used"), [(("備考",), "備考"), ((), "管理番号"), (("光源",), "管理番号")])
def test_rows_are_matched_by_the_key_that_the_recipe_states(
    workspace: Workspace, tmp_path: Path, stated: tuple[str, ...], used: str
) -> None:
    """Before the layer's own key, if it tells the rows apart in both versions; else by that of the layer."""
    rows = [light(f"A-{n}", 備考=f"P-{n}") for n in range(1, 9)]
    fields = {"管理番号": "ledger_number", "状態": "status", "光源": "lamp", "備考": "remarks", "住所": "address"}
    of_columns = tuple(ColumnRule(name, field=fields.get(name)) for name in rows[0])
    recipe = Recipe(layer=LAYER, tables=(TableRule(of_columns, key=stated),))
    workspace.convert(write_version(tmp_path / "外灯11月.csv", rows), layer=LAYER, recipe=recipe)
    path = write_version(tmp_path / "外灯12月.csv", [*rows[:7], rows[7] | {"管理番号": "A-18"}])

    done = workspace.reimport(path, layer=LAYER, recipe=recipe)

    assert done.key_columns == (used,)
    assert done.counts["n_changed"] == (used == "備考")
