"""Letters outside the standard sets: kept, told, replaced by the office's own table, and never lost on the way."""

from pathlib import Path

import pytest

from gis_capture.errors import SourceError
from gis_capture.ledger import read_ledger
from gis_capture.ledger.gaiji import read_gaiji
from gis_capture.workspace import Workspace

ODD = "髙﨑𠮷葛\U000e0100①㈱～－∥￢"
LEDGER = f"管理番号,設置場所,緯度,経度\nA-1,{ODD},36.14123,137.25123\nA-2,\ue000橋\ue001,36.15123,137.26123\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace with a ledger of odd letters beside it."""
    (tmp_path / "街路灯台帳.csv").write_text(LEDGER, encoding="utf-8")
    return Workspace.create(tmp_path / "w")


def texts(workspace: Workspace) -> list[str]:
    """All texts of the two street lights, in the order of their numbers."""
    with workspace:
        found = sorted(workspace.store.features("street_light"), key=lambda f: str(f.fields["ledger_number"]))
        return [" ".join(str(value) for value in feature.fields.values()) for feature in found]


def test_odd_letters_come_through_to_the_layer_and_back(workspace: Workspace, tmp_path: Path) -> None:
    """IVS, letters beyond the BMP, those of code page 932, and private ones: code for code."""
    done = workspace.convert(tmp_path / "街路灯台帳.csv", layer="street_light")
    workspace.export("street_light", tmp_path / "out.csv", file_format="csv")
    first, second = texts(workspace)
    assert ODD in first and "\ue000橋\ue001" in second
    assert ODD in (tmp_path / "out.csv").read_text("utf-8-sig")
    told = [problem.message.ja for problem in done.problems if problem.code == "gaiji_found"]
    assert told and "U+E000 U+E001" in told[0]


def test_the_offices_table_is_put_in(workspace: Workspace, tmp_path: Path) -> None:
    """By Unicode or by the code of code page 932, also by a letter with a variation; what it does not know stays."""
    (workspace.path / "gaiji.csv").write_text("コード,文字\n# 2019年登録\nU+E000,𠮷\n", encoding="utf-8-sig")
    done = workspace.convert(tmp_path / "街路灯台帳.csv", layer="street_light")
    assert "𠮷橋\ue001" in texts(workspace)[1]
    notes = {problem.code: problem.message.ja for problem in done.problems}
    assert "U+E000→𠮷" in notes["gaiji_replaced"] and "U+E001" in notes["gaiji_found"]


def test_an_inspection_shows_the_same_letters_as_the_layer_will(workspace: Workspace, tmp_path: Path) -> None:
    """The office's table counts before anything is brought in; what it does not know keeps its code."""
    (workspace.path / "gaiji.csv").write_text("U+E000,𠮷\n", encoding="utf-8")
    with workspace:
        inspection = workspace.inspect(tmp_path / "街路灯台帳.csv")
    table = inspection.tables[0].table
    assert list(table.values[1]) == [ODD, "𠮷橋\ue001"]
    assert "gaiji_replaced" in [problem.code for problem in inspection.problems]


def test_odd_letters_survive_a_checked_out_file_and_its_return(workspace: Workspace, tmp_path: Path) -> None:
    """IVS, letters beyond the BMP and private ones are the same in the GeoPackage that goes out and is read again."""
    workspace.convert(tmp_path / "街路灯台帳.csv", layer="street_light")
    workspace.export("street_light", tmp_path / "out.gpkg", file_format="gpkg")
    found = {text for table in read_ledger(tmp_path / "out.gpkg").tables for values in table.values for text in values}
    assert {ODD, "\ue000橋\ue001"} <= found


def test_codes_of_the_table(tmp_path: Path) -> None:
    """F040 of code page 932 is U+E000; blank lines and remarks are passed over."""
    path = tmp_path / "gaiji.csv"
    path.write_text("F040,髙\n\n#x\n\\uE001,葛\U000e0100\nE002,辻\n", encoding="utf-8")
    assert read_gaiji(path) == {"\ue000": "髙", "\ue001": "葛\U000e0100", "\ue002": "辻"}


@pytest.mark.parametrize("line", ["E000", "E000, ", "4E00,一", "ZZ,一\nU+E000,髙\nあ,い", "U+E000,髙\n1234567,x"])
def test_a_wrong_line_is_told(tmp_path: Path, line: str) -> None:
    """A code that is not private, a letter that is missing, and what is no code at all."""
    path = tmp_path / "gaiji.csv"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"gaiji\.csv"):
        read_gaiji(path)
