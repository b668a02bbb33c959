"""Search keys: spellings of one word share a key, other words do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.ledger.values.folding import fold, fold_header, without_brackets


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("コ―ド", "コード"),
        ("ｺｰﾄﾞ", "コード"),
        ("こーど", "コード"),
        ("ＡＥＤ", "aed"),
        ("髙山市", "高山市"),
        ("葛\U000e0100飾", "葛飾"),
        ("telephone　number", "Telephone number"),
        ("霞ヶ関", "霞ケ関"),
        ("カ゛ス", "ガス"),
        ("2－18", "2-18"),
    ],
)
def test_spellings_of_one_word_share_a_key(one: str, other: str) -> None:
    """Width, kana, case, dashes, blanks and variant kanji do not matter."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("消火栓", "防火水槽"), ("1-23", "12-3"), ("男性", "女性"), ("カナ", "ガナ"), ("一", "ー")]
)
def test_other_words_have_other_keys(one: str, other: str) -> None:
    """What means something else stays apart."""
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("名称_カナ", "名称（カナ）"), ("名称\nカナ", "名称・カナ"), ("ロ径", "口径"), ("担当部暑カ", "担当部暑力")],
)
def test_headers_share_a_key_whatever_their_punctuation(one: str, other: str) -> None:
    """Underscores, brackets and kanji typed for a katakana do not matter in headers."""
    assert fold_header(one) == fold_header(other)


def test_remarks_in_brackets_come_off() -> None:
    """But a header that is nothing else stays."""
    assert without_brackets("口径（管径ｍｍ）") == "口径"
    assert without_brackets("（緯度）") == "（緯度）"


@given(text=st.text(alphabet="あアｱ亜漢髙AａＡ1１－ー・_（）ヶ①㎡", max_size=20))
def test_blanks_never_matter(text: str) -> None:
    """Law: blanks put anywhere between the letters leave the key as it is."""
    assert fold("　 ".join(text)) == fold(text)
