"""Answers of form services (Google Forms, kintone, LoGoフォーム): told with what their columns hold.

A table is one by the names that a service writes in front: time stamp, record number, time of the answer. Columns with
several choices in one cell, and with names of attached files, are known by their cells.
"""

import re
from collections import Counter
from collections.abc import Sequence

from gis_capture.ledger import codes
from gis_capture.ledger.table import Table
from gis_capture.model import Problem
from gis_capture.text import Text

_SERVICES = (
    ("Google フォーム", frozenset({"タイムスタンプ"})),
    ("Google フォーム", frozenset({"Timestamp"})),
    ("kintone", frozenset({"レコード番号", "作成日時"})),
    ("kintone", frozenset({"レコード番号", "更新日時"})),
    ("LoGoフォーム", frozenset({"受付番号", "送信日時"})),
    ("LoGoフォーム", frozenset({"受付番号", "回答日時"})),
    ("フォーム", frozenset({"回答日時"})),
)
_TIMES = ("タイムスタンプ", "Timestamp", "回答日時", "送信日時", "作成日時", "更新日時")
_CHOICES = re.compile(r"\s*[,、;；\n]\s*")
_FILE = re.compile(r"\S.*\.(?:jpe?g|png|heic|gif|pdf|docx?|xlsx?|zip|mov|mp4)|https?://drive\.google\.com/\S+", re.I)
_MAX_CHOICES = 40
_SAMPLE = 2_000


def find_form_answers(table: Table) -> list[Problem]:
    """Tells that a table holds answers of a form, and which columns hold times, several choices, files."""
    headers = {column.header for column in table.columns}
    service = next((name for name, wanted in _SERVICES if wanted <= headers), None)
    if service is None or not table.header_rows:
        return []
    times, choices, files = [], [], []
    for column, values in zip(table.columns, table.values, strict=True):
        texts = [text for text in values[:_SAMPLE] if text]
        if column.header in _TIMES:
            times.append(column.name)
        elif texts and all(_FILE.fullmatch(part) for text in texts for part in _CHOICES.split(text)):
            files.append(column.name)
        elif _holds_choices(texts):
            choices.append(column.name)
    ja, en = [], []
    for names, ja_word, en_word in (
        (times, "回答の日時", "times of answers"),
        (choices, "複数回答", "several choices in one cell"),
        (files, "添付ファイルの名前", "names of attached files"),
    ):
        if names:
            ja.append(f"{ja_word}＝{'・'.join(names)}")
            en.append(f"{en_word}: {', '.join(names)}")
    told = Text(
        f"{service}の回答として読みました（{'、'.join(ja)}）。",
        f"Read as answers of a form ({service}; {'; '.join(en)}).",
    )
    return [Problem(codes.FORM_ANSWERS, "info", told, row_number=table.header_rows[0])]


def _holds_choices(texts: Sequence[str]) -> bool:
    """Whether cells are lists of a few choices that come again and again, some of them several at once."""
    parts = [_CHOICES.split(text) for text in texts]
    counts = Counter(part for each in parts for part in each)
    n_several = sum(len(each) > 1 for each in parts)
    is_list = n_several >= 2 and 1 < len(counts) <= _MAX_CHOICES
    return is_list and sum(count > 1 for count in counts.values()) >= 0.6 * len(counts)
