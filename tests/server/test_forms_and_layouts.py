"""Forms and records of a fixed length come in over HTTP as other ledgers do."""

import io
from typing import Any

import openpyxl
from flask.testing import FlaskClient

from tests.ledger.test_fixed_width import CP932
from tests.ledger.test_forms import BRIDGES, fill
from tests.server.test_imports import convert, upload


def forms() -> bytes:
    """A workbook with a bridge on each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    for values in BRIDGES:
        fill(book.create_sheet(values[0]), values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: FlaskClient, *files: tuple[bytes, str]) -> dict[str, Any]:
    """Uploads the files of one source."""
    response = client.post("/imports", data={"file": [(io.BytesIO(content), name) for content, name in files]})
    assert response.status_code == 201, response.get_json()
    return dict(response.get_json())


def test_each_sheet_is_a_record_once_a_person_says_so(client: FlaskClient) -> None:
    """The template is a recipe: the next workbook of such forms is read by it without a word."""
    first = send(client, (forms(), "橋梁個票.xlsx"))
    read = client.post(f"/imports/{first['import_id']}/form", json={}).get_json()
    state = convert(client, first["import_id"], recipe=read["recipes"][0])
    following = send(client, (forms(), "橋梁個票 R8.xlsx"))

    assert read["inspection"]["tables"][0]["n_rows"] == 3
    assert [row["values"]["橋梁名"] for row in read["preview"][0]["rows"]] == ["東橋", "西橋", "北橋"]
    assert (state["state"], state["result"]["n_loaded"]) == ("done", 3)
    assert following["recipes"] == read["recipes"] and following["inspection"]["tables"][0]["n_rows"] == 3


def test_forms_become_tables_only_where_a_person_says_so(client: FlaskClient) -> None:
    """Without the template or that word nothing is brought in, which is told."""
    refused = convert(client, send(client, (forms(), "橋梁個票.xlsx"))["import_id"], layer="generic")
    assert refused["state"] == "failed" and refused["problem"]["code"] == "may_be_forms"
    assert "様式として読む" in refused["problem"]["detail_ja"]

    as_list = convert(client, send(client, (forms(), "橋梁個票.xlsx"))["import_id"], layer="generic", is_list=True)
    assert as_list["state"] == "done"


def test_a_sheet_without_labels_is_no_form(client: FlaskClient, problem_of: Any) -> None:
    """It is told, and no recipe is kept."""
    import_id = upload(client, "甲,乙\r\n1,2\r\n3,4\r\n").get_json()["import_id"]

    problem_of(client.post(f"/imports/{import_id}/form", json={}), 422, "source_unusable")
    assert upload(client).get_json()["recipes"] == []


def test_a_layout_comes_with_its_data_under_any_name(client: FlaskClient) -> None:
    """It is kept beside the copy of the source, so that the import can be read again."""
    data = "".join(f"{n:04d}{'本町公園':　<5}  {n * 100:06d}" for n in range(1, 4)).encode("cp932")
    answer = send(client, (data, "公園台帳.dat"), (CP932.encode(), "layout_v2.toml"))
    state = convert(client, answer["import_id"], layer="generic")

    assert answer["inspection"]["source"]["path"] == "公園台帳.dat"
    assert [column["name"] for column in answer["inspection"]["tables"][0]["columns"]] == ["番号", "名称", "面積"]
    assert answer["preview"][0]["rows"][0]["values"]["番号"] == "0001"
    assert (state["state"], state["result"]["n_source_rows"]) == ("done", 3)
