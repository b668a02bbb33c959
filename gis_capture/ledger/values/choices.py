"""Values out of a list: yes and no as ledgers mark them, and the codes of a domain by any of their names."""

import re

from gis_capture.ledger.values import codes
from gis_capture.ledger.values.folding import fold
from gis_capture.ledger.values.reading import Note, ValueReading, changed, unreadable
from gis_capture.model import Domain, Text

_YES = (
    "○ ◎ ● 〇 ✓ ✔ ☑ 🗹 ■ レ 有 あり 有り 可 可能 はい 済 済み 要 必要 適 "
    "該当 該当する 対応 設置 設置済 1 true yes y on t"
)
_NO = "× ✕ ✖ ✗ ✘ ☐ □ 無 なし 無し 不可 いいえ 未 不要 否 非該当 該当なし 該当しない 未対応 未設置 0 false no n off f"
_WORDS = {fold(word): True for word in _YES.split()} | {fold(word): False for word in _NO.split()}
_WITH_REMARK = re.compile(r"([^()（）]{1,6})\s*[(（][^()（）]*[)）]")
_MARKS = "○ ◎ ● ✓ ✔ ☑ × ✕ ✖ ✗ 有 無 あり なし 有り 無し true false"
MARKS = frozenset(fold(word) for word in _MARKS.split())
"""Folded words that mean yes or no in any column, whatever its name."""


def read_boolean(text: str) -> ValueReading:
    """Reads a mark or word for yes or no; △ and the like are left out with an error."""
    value = _WORDS.get(fold(text.removesuffix(".0")))
    if value is not None:
        return ValueReading(value)
    if (remark := _WITH_REMARK.fullmatch(text)) and (value := _WORDS.get(fold(remark[1]))) is not None:
        message = Text(f"「{text}」の添え書きは値に入りません。", f'The remark in "{text}" is not kept in the value.')
        return ValueReading(value, (Note(codes.BOOLEAN_REMARK, "warning", message),))
    return unreadable(
        codes.BOOLEAN_INVALID,
        Text(f"「{text}」を「はい・いいえ」として読めません。", f'"{text}" cannot be read as yes or no.'),
        Text("○か×に直してください。", "Write yes or no."),
    )


class DomainReader:
    """Finds the code of a domain by code, title or alias; width, kana and case do not matter."""

    def __init__(self, domain: Domain) -> None:
        """Builds the index; where two codes share a folded name, the one that stands first gets it."""
        self.allows_other = domain.allows_other
        self._codes = frozenset(code.code for code in domain.codes)
        self._index: dict[str, str] = {}
        for code in domain.codes:
            self._index.setdefault(fold(code.code), code.code)
        for code in domain.codes:
            for name in filter(None, (code.title.ja, code.title.en, *code.aliases)):
                self._index.setdefault(fold(name), code.code)
        self._shown = "・".join(code.code for code in domain.codes[:12]) + ("…" if len(domain.codes) > 12 else "")

    def knows(self, text: str) -> bool:
        """True when a text is a code or another name of one."""
        return fold(text) in self._index

    def read(self, text: str) -> ValueReading:
        """Gives the code; an unknown text stays as it is, with a warning unless the domain allows others."""
        if text in self._codes:
            return ValueReading(text)
        code = self._index.get(fold(text))
        if code is not None:
            message = Text(f"「{text}」を「{code}」としました", f'"{text}" became "{code}"')
            return ValueReading(code, (changed(codes.DOMAIN_ALIAS, message),))
        if self.allows_other:
            return ValueReading(text)
        message = Text(f"「{text}」は選択肢にありません。", f'"{text}" is not one of the choices.')
        suggestion = Text(f"次のどれかに直してください：{self._shown}", f"Use one of: {self._shown}")
        return ValueReading(text, (Note(codes.DOMAIN_UNKNOWN, "warning", message, suggestion),))
