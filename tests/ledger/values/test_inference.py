"""The type of a column nobody defined: certain, or text."""

import pytest

from gis_capture.ledger.values import infer_type
from gis_capture.model import FieldType


@pytest.mark.parametrize(
    ("texts", "type"),
    [
        (["1", "20", None, "-3"], FieldType.INTEGER),
        (["1,200", "3"], FieldType.INTEGER),
        (["1", "2.5", ""], FieldType.REAL),
        (["34.843137"], FieldType.REAL),
        (["0012", "0345"], FieldType.TEXT),
        (["1234567890123456"], FieldType.TEXT),
        (["1", "2階"], FieldType.TEXT),
        (["R6.4.1", "昭和60年3月31日"], FieldType.DATE),
        (["2024/4/1", "2024-04-02"], FieldType.DATE),
        (["R6.4", "R6.5"], FieldType.TEXT),
        (["20240401"], FieldType.INTEGER),
        (["5-5", "1-2-3"], FieldType.TEXT),
        (["2024/4/1 13:05"], FieldType.DATETIME),
        (["13:05"], FieldType.TEXT),
        (["○", None, "×"], FieldType.BOOLEAN),
        (["有", "無"], FieldType.BOOLEAN),
        (["○", "△"], FieldType.TEXT),
        (["1", "0"], FieldType.INTEGER),
        ([None, "", "  "], FieldType.TEXT),
        (["NA", "1"], FieldType.TEXT),
    ],
)
def test_a_type_is_inferred_when_every_value_fits(texts: list[str | None], type: FieldType) -> None:
    """Leading zeros, parts of dates and mixed columns stay text."""
    assert infer_type(texts) == type


def test_a_long_text_full_of_digits_is_text() -> None:
    """Pages of versions and numbers in a cell are no date; looking for one in them would never end."""
    assert infer_type(["1.2." * 40_000]) is FieldType.TEXT
    assert infer_type(["10:15" * 40_000]) is FieldType.TEXT
