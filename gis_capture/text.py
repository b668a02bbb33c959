"""Words for people, in Japanese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages; neither is a translation afterthought."""

    ja: str
    en: str

    def in_language(self, language: str) -> str:
        """Gives the English words for "en", the Japanese ones for everything else."""
        return self.en if language == "en" else self.ja

    def to_json(self) -> dict[str, str]:
        """Gives `{"ja": …, "en": …}`."""
        return {"ja": self.ja, "en": self.en}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Text":
        """Reads `{"ja": …, "en": …}`; a missing language takes the other's words."""
        ja, en = value.get("ja", ""), value.get("en", "")
        return cls(ja or en, en or ja)


NO_TEXT = Text("", "")
