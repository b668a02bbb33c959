"""What holds for any versions of a ledger and any edits of crews between them."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts
from gis_capture.workspace import Workspace
from gis_capture.workspace.reimport import Reimport
from tests.workspace.ledger_versions import LAYER, edit, light, remove, values_of, write_version

STATUSES = ("点灯", "球切れ", "破損", "点滅")
FIELDS = {"状態": "status", "備考": "remarks"}
NUMBERS = tuple(f"A-{n}" for n in range(1, 7))
SPELLINGS = (str, lambda key: key.replace("-", "－"), lambda key: key.replace("A-", "ａ-0"))

cells = st.fixed_dictionaries({"状態": st.sampled_from(STATUSES), "備考": st.sampled_from(["", "甲", "乙"])})
versions = st.dictionaries(st.sampled_from(NUMBERS), cells, min_size=3)
edits = st.lists(
    st.tuples(
        st.sampled_from(NUMBERS),
        st.sampled_from(["status", "remarks", "delete"]),
        st.sampled_from(STATUSES),
    ),
    max_size=4,
)
months = st.lists(st.tuples(edits, versions, st.sampled_from(range(len(SPELLINGS)))), min_size=1, max_size=3)
repeated = st.sets(st.sampled_from(NUMBERS), max_size=1)

Version = Mapping[str, Mapping[str, str]]


def written(path: Path, version: Version, *, spelling: int = 0, twice: Sequence[str] = ()) -> Path:
    """Writes a version; rows of `twice` stand there a second time, saying something else."""
    rows = [light(key, **of_key) | {"管理番号": SPELLINGS[spelling](key)} for key, of_key in sorted(version.items())]
    rows += [light(key, 備考="重複") for key in sorted(twice) if key in version]
    return write_version(path, rows)


def accounts_for_every_row(done: Reimport, n_rows: int) -> None:
    """Each row of the file is in one of six counts."""
    names = ("n_unchanged", "n_changed", "n_new", "n_listed", "n_rejected", "n_skipped")
    assert n_rows == done.conversion.n_source_rows == sum(done.counts[name] for name in names)


def by_number(workspace: Workspace, name: str) -> dict[str, Any]:
    """The values of a field by number, in whatever spelling the number is stored."""
    return {plain(number): value for number, value in values_of(workspace, name).items()}


def ids_by_number(workspace: Workspace) -> dict[str, str]:
    """The features of the layer by number."""
    return {plain(str(one.fields["ledger_number"])): one.feature_id for one in workspace.store.features(LAYER)}


def plain(number: str) -> str:
    """A number as `NUMBERS` writes it."""
    return unicodedata.normalize("NFKC", number).upper().replace("A-0", "A-")


def incoming_values(workspace: Workspace) -> set[tuple[str, str, Any]]:
    """(feature, field, value) that wait in conflict records."""
    return {
        (one["feature_id"], clash["field"], clash.get("incoming"))
        for one in list_conflicts(workspace.store)
        for clash in one["fields"]
    }


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(first=versions, later=months, twice=repeated)
def test_no_value_of_a_crew_or_of_a_ledger_is_lost(first: Version, later: Any, twice: set[str]) -> None:
    """A crew's value stays stored; a new value of the ledger is stored or in a conflict record; a repeat is nothing."""
    with TemporaryDirectory() as folder, Workspace.create(Path(folder) / "w") as workspace:
        workspace.convert(written(Path(folder) / "0.csv", first), layer=LAYER)
        given_last = {key: dict(of_key) for key, of_key in first.items()}
        ids = ids_by_number(workspace)
        for month, (of_crews, version, spelling) in enumerate(later, start=1):
            crews: dict[tuple[str, str], str] = {}
            for key, field, value in of_crews:
                if key not in by_number(workspace, "status"):
                    continue
                number = next(one for one in values_of(workspace, "status") if plain(one) == key)
                if field == "delete":
                    remove(workspace, number)
                    crews = {name: one for name, one in crews.items() if name[0] != key}
                else:
                    edit(workspace, number, **{field: value})
                    crews[key, field] = value
            before = {name: by_number(workspace, name) for name in FIELDS.values()}
            path = written(Path(folder) / f"{month}.csv", version, spelling=spelling, twice=sorted(twice))
            n_twice = len(twice & set(version))

            done = workspace.reimport(path, layer=LAYER, base=workspace.imports()[0]["import_id"])

            accounts_for_every_row(done, len(version) + n_twice)
            now = {name: by_number(workspace, name) for name in FIELDS.values()}
            ids |= ids_by_number(workspace)
            for (key, field), value in crews.items():
                column = next(one for one, name in FIELDS.items() if name == field)
                if value != (given_last.get(key, {}).get(column) or None):
                    assert now[field][key] == value
            waiting = incoming_values(workspace)
            certain = {key: of_key for key, of_key in version.items() if key not in twice}
            for key, of_key in certain.items():
                for column, field in FIELDS.items():
                    value, last = of_key[column] or None, given_last.get(key, {}).get(column, "") or None
                    is_new = key not in given_last
                    if value == last and not is_new and key in before[field]:
                        assert now[field][key] == before[field][key]
                    elif value != last:
                        is_stored = now[field].get(key, object()) == value
                        assert is_stored or (ids[key], field, value) in waiting
            assert set(before["status"]) <= set(now["status"])
            listed = {plain(row.key) for row in done.removed}
            assert {key for key in given_last if key in listed} == set(given_last) - set(version)
            revision = workspace.store.revision()
            again = workspace.reimport(path, layer=LAYER, base=workspace.imports()[0]["import_id"])
            assert (again.revision, workspace.store.revision()) == (None, revision)
            given_last |= {key: dict(of_key) for key, of_key in certain.items()}


@settings(
    max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.too_slow]
)
@given(first=versions, crews=edits, second=versions, afterwards=edits)
@example(
    first={key: {"状態": "点灯", "備考": ""} for key in NUMBERS[1:]},
    crews=[],
    second={key: {"状態": "破損", "備考": ""} for key in NUMBERS},
    afterwards=[("A-1", "status", "破損")],
)
def test_an_undone_version_leaves_what_was_there_and_what_came_after(
    first: Version, crews: Any, second: Version, afterwards: Any
) -> None:
    """Values that nobody wrote since are those from before it; what somebody wrote since stays."""
    with TemporaryDirectory() as folder, Workspace.create(Path(folder) / "w") as workspace:
        workspace.convert(written(Path(folder) / "0.csv", first), layer=LAYER)
        _edit_all(workspace, crews)
        before = {name: values_of(workspace, name) for name in FIELDS.values()}
        base = workspace.imports()[0]["import_id"]
        done = workspace.reimport(written(Path(folder) / "1.csv", second), layer=LAYER, base=base)
        if done.import_id is None:
            return
        given = {name: values_of(workspace, name) for name in FIELDS.values()}
        # Fields are judged by value: who brought back what the version gave has edited nothing. A new feature is not:
        # it stays with who has written it since, whatever was written.
        edits_since = _edit_all(workspace, afterwards)
        later = {(key, name): value for (key, name), value in edits_since.items() if given[name].get(key) != value}
        edited = {key for key, _ in later}

        workspace.undo_import(done.import_id)

        now = {name: values_of(workspace, name) for name in FIELDS.values()}
        assert set(now["status"]) == set(before["status"]) | {key for key, _ in edits_since}
        for name, values in before.items():
            for key, value in values.items():
                if key not in edited:
                    assert now[name][key] == value
        for (key, name), value in later.items():
            if value is not None:
                assert now[name][key] == value
        assert all(
            one["incoming_by"]["device_id"] != f"import:{done.import_id}" for one in list_conflicts(workspace.store)
        )


def _edit_all(workspace: Workspace, of_crews: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """Carries out edits of fields, not deletions; gives the last value by key and field."""
    done: dict[tuple[str, str], str] = {}
    for key, field, value in of_crews:
        if field != "delete" and key in values_of(workspace, "status"):
            edit(workspace, key, **{field: value})
            done[key, field] = value
    return done


def test_the_same_rows_in_another_order_change_nothing() -> None:
    """Rows are known by their key, not by their place."""
    rows = [light(key) for key in NUMBERS]
    with TemporaryDirectory() as folder, Workspace.create(Path(folder) / "w") as workspace:
        workspace.convert(write_version(Path(folder) / "0.csv", rows), layer=LAYER)

        done = workspace.reimport(write_version(Path(folder) / "1.csv", rows[::-1]), layer=LAYER)

        assert Counter(done.counts) == Counter(dict.fromkeys(done.counts, 0) | {"n_unchanged": len(rows)})


def test_equal_rows_without_a_key_stay_as_many_as_they_are(tmp_path: Path) -> None:
    """Rows without a number are known by their whole content; one more of them is listed, not guessed."""
    rows = [light("A-1"), light("A-2"), light("", 備考="番号なし"), light("", 備考="番号なし")]
    with Workspace.create(tmp_path / "w") as workspace:
        workspace.convert(write_version(tmp_path / "0.csv", rows), layer=LAYER)
        same = workspace.reimport(
            write_version(tmp_path / "1.csv", [*rows, light("A-3")]),
            layer=LAYER,
            base=workspace.imports()[0]["import_id"],
        )
        assert (same.counts["n_unchanged"], same.counts["n_new"], same.counts["n_listed"]) == (4, 1, 0)

        more = workspace.reimport(
            write_version(tmp_path / "2.csv", [*rows, light("A-3"), light("", 備考="番号なし")]), layer=LAYER
        )
        assert [(row.kind, row.row_number) for row in more.listed] == [("row_without_key", 7)]

        workspace.decide_rows(more.import_id or "", [{"table": "2", "row": 7, "take": "new"}], author="佐藤")
        assert workspace.store.layer_info(LAYER).n_features == 6
        third = write_version(tmp_path / "3.csv", [*rows, light("", 備考="番号なし"), light("A-3", 状態="球切れ")])
        after = workspace.reimport(third, layer=LAYER)
        assert (after.counts["n_unchanged"], after.counts["n_changed"], after.counts["n_listed"]) == (5, 1, 0)


def test_a_killed_import_leaves_no_half_of_it(tmp_path: Path) -> None:
    """All of a version is one revision; tried again after a failure, it does what it would have done."""
    rows = [light(key) for key in NUMBERS]
    path = write_version(tmp_path / "1.csv", [light("A-1", 状態="球切れ"), *rows[1:], light("A-9")])
    with Workspace.create(tmp_path / "w") as workspace:
        workspace.convert(write_version(tmp_path / "0.csv", rows), layer=LAYER)
        minted = workspace.new_id
        workspace.new_id = lambda: "no uuid"
        try:
            workspace.reimport(path, layer=LAYER)
        except ValueError:
            pass
        else:
            raise AssertionError("an import without an id went through")
        assert values_of(workspace, "status") == dict.fromkeys(NUMBERS, "点灯")
        assert len(workspace.imports()) == 1
        workspace.new_id = minted

        done = workspace.reimport(path, layer=LAYER)
        assert (done.counts["n_changed"], done.counts["n_new"]) == (1, 1)
        with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
            assert transaction.author_of(done.revision or 0)[0].device_id == f"import:{done.import_id}"
