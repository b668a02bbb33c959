"""A scan goes in, what the engines doubt is confirmed, and rows with their strips of paper come out."""

from dataclasses import replace
from pathlib import Path

from gis_capture.paper.ledgers.letters import key
from gis_capture.workspace import Workspace
from gis_capture.workspace.scanned import Choice
from gis_capture.workspace.scanned.source_refs import SOURCE_REF, parse_ref
from tests.paper.ledgers.printed import Look, print_ledger


def test_a_scan_becomes_rows(font: Path, tmp_path: Path) -> None:
    """With the engines themselves: each row is imported as it was printed, and says where it stands on the page."""
    printed = print_ledger(4, look=replace(Look(), dpi=150, skew_deg=0.6), n_rows=5)
    with Workspace.create(tmp_path / "作業") as workspace:
        scan_id = workspace.scanned.take(printed.write(tmp_path), name="街路灯.tif", author="係")
        told = workspace.scanned.read(scan_id)
        assert (told["state"], told["problem"]) == ("read", None)

        truth = printed.heads + printed.rows
        review = workspace.scanned.review(scan_id)
        choices = [Choice(place, truth[place.row][place.column] or "") for place in review.open_places()]
        workspace.scanned.decide(scan_id, choices, seen=0, author="係")
        workspace.scanned.finish(scan_id, author="係")
        workspace.convert(workspace.scanned.finished(scan_id)[0], layer="street_light", author="係")

        rows = [workspace.store.provenance(one.feature_id) for one in workspace.store.features("street_light")]
    found = {row.raw["管理番号"] or "": row for row in rows if row}
    assert sorted(found) == sorted(row[0] for row in printed.rows)
    for texts in printed.rows:
        raw = found[texts[0]].raw
        assert [key(raw[name] or "") for name in ("状態", "備考")] == [key(text) for text in texts[6:8]]
        ref = parse_ref(raw[SOURCE_REF])
        assert ref is not None and (ref.scan_id, ref.page) == (scan_id, 1)
