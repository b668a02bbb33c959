"""A ledger is checked by the national rules over HTTP; nothing of it stays."""

import io
import zipfile
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gis_capture.workspace import Workspace

LEDGER = "番号,所在地,口径\r\n1,本町1-1,75mm\r\n2,〃,▲100\r\n"


def book(*sheets: str) -> bytes:
    """A workbook whose sheets hold such a ledger."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    for name in sheets:
        sheet = made.create_sheet(name)
        for line in LEDGER.splitlines():
            sheet.append(line.split(","))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def check(
    client: FlaskClient, content: bytes, name: str = "台帳.xlsx", form: str = "json", **query: str
) -> TestResponse:
    """Sends a ledger."""
    return client.post("/lint", query_string={"format": form, **query}, data={"file": (io.BytesIO(content), name)})


def test_findings_name_rule_cell_and_remedy(client: FlaskClient, workspace: Workspace) -> None:
    """As `lint --json` prints them; no copy of the ledger stays and no import is begun."""
    answer: dict[str, Any] = check(client, book("台帳")).get_json()
    found = {(finding["rule"], finding["cell"]): finding for finding in answer["findings"]}

    assert answer["format"] == "gis-capture.lint/v1" and answer["source"]["path"] == "台帳.xlsx"
    assert found["1-3", "台帳!C2"]["suggestion"].startswith("「75」と書き")
    assert found["1-6", "台帳!B3"]["is_fixed"]
    assert next(rule["n_places"] for rule in answer["rules"] if rule["rule"] == "1-3") >= 2
    assert not any(workspace.folder.uploads_dir.iterdir()) and client.get("/imports").get_json()["imports"] == []


def test_the_marked_copy_is_the_ledger_with_comments(client: FlaskClient) -> None:
    """The rule's number stands in the comment of the cell, in the language that was asked for."""
    response = check(client, book("台帳"), form="marked", language="en")
    sheet = openpyxl.load_workbook(io.BytesIO(response.data))["台帳"]
    comment = sheet["C2"].comment

    assert sheet["C2"].value == "75mm" and comment is not None and "[1-3 Numbers are numbers" in comment.text
    assert "台帳_checked.xlsx" in unquote(response.headers["Content-Disposition"])


def test_the_clean_copy_mends_what_can_be_mended(client: FlaskClient) -> None:
    """A CSV of one table comes as it is, of several in a zip; a workbook has a sheet for each."""
    one = check(client, LEDGER.encode("cp932"), "台帳.csv", "clean-csv")
    several = check(client, book("東", "西"), form="clean-csv")
    whole = check(client, book("東", "西"), form="clean-xlsx")

    assert one.data.decode("utf-8-sig").splitlines()[1:] == ["1,本町1-1,75", "2,本町1-1,-100"]
    assert len(zipfile.ZipFile(io.BytesIO(several.data)).namelist()) == 2
    assert several.mimetype == "application/zip"
    assert len(openpyxl.load_workbook(io.BytesIO(whole.data)).sheetnames) == 2


@pytest.mark.parametrize(
    ("content", "form", "status", "code"),
    [(b"PK\x03\x04 broken", "json", 422, "source_unusable"), (book("a"), "pdf", 400, "bad_request")],
)
def test_what_cannot_be_checked_is_told(
    client: FlaskClient, problem_of: Any, workspace: Workspace, content: bytes, form: str, status: int, code: str
) -> None:
    """A broken file and a format that is not known; nothing stays."""
    problem_of(check(client, content, form=form), status, code)
    problem_of(client.post("/lint"), 400, "no_file")
    assert not list(workspace.folder.uploads_dir.glob("*"))
