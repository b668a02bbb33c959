"""Answers of form services: times, several choices in one cell, attached files."""

from pathlib import Path

import pytest

from gis_capture.convert import inspect_source
from gis_capture.ledger import codes, read_ledger
from tests.ledger.conftest import only_table

GOOGLE = """"タイムスタンプ","場所","困りごと","写真"
"2024/04/05 9:30:00","本町1丁目","穴ぼこ, 側溝","https://drive.google.com/open?id=a1"
"2024/04/06 10:05:12","旭町","側溝","https://drive.google.com/open?id=a2"
"2024/04/07 18:00:01","花岡町","穴ぼこ, 雑草","https://drive.google.com/open?id=a3"
"2024/04/08 7:12:44","本町2丁目","雑草",""
"""
KINTONE = """"レコード番号","作成日時","種別","添付ファイル"
"12","2024/04/05 09:30","消火栓
防火水槽","IMG_0001.jpg"
"13","2024/04/06 10:05","消火栓","IMG_0002.jpg
IMG_0003.jpg"
"14","2024/04/06 11:00","防火水槽
消火栓",""
"""
LOGO = """"受付番号","回答日時","お名前","通報の種類"
"R000001","2024-04-05 09:30:00","甲","道路;街路灯"
"R000002","2024-04-06 10:05:00","乙","街路灯;道路"
"""


@pytest.mark.parametrize(
    ("text", "service", "parts"),
    [
        (GOOGLE, "Google フォーム", ["回答の日時＝タイムスタンプ", "複数回答＝困りごと", "添付ファイルの名前＝写真"]),
        (KINTONE, "kintone", ["回答の日時＝作成日時", "複数回答＝種別", "添付ファイルの名前＝添付ファイル"]),
        (LOGO, "LoGoフォーム", ["回答の日時＝回答日時", "複数回答＝通報の種類"]),
    ],
)
def test_answers_are_told_with_what_their_columns_hold(
    tmp_path: Path, text: str, service: str, parts: list[str]
) -> None:
    """The table itself stays as it is written; the time is a date and time."""
    path = tmp_path / "回答.csv"
    path.write_text(text, "utf-8-sig")
    note = next(n for n in only_table(read_ledger(path)).notes if n.code == codes.FORM_ANSWERS)
    assert service in note.message.ja
    assert all(part in note.message.ja for part in parts)
    types = inspect_source(path, layers=[]).tables[0]
    at = next(i for i, c in enumerate(types.table.columns) if c.name == parts[0].split("＝")[1])
    assert types.types[at].value == "datetime"


def test_a_ledger_with_lists_in_its_cells_is_no_form(tmp_path: Path) -> None:
    """Without the names of a service nothing is told."""
    path = tmp_path / "a.csv"
    path.write_text('番号,設備\n1,"便所, 水飲み"\n2,"便所, 水飲み"\n', "utf-8")
    assert codes.FORM_ANSWERS not in [note.code for note in only_table(read_ledger(path)).notes]
