"""Answers that certainly still hold, given without making them anew: of the newest revision, kept for a second."""

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from gis_capture.people import Principal

HELD_S = 1.0
"""What else an answer hangs on, files that the office edits by hand, is looked at again after so long."""
MAX_BYTES = 32 << 20
_EXTRA_BYTES = 1_000
"""Of an answer besides its content."""


class Answer(NamedTuple):
    """What a request is answered with."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes


Question = tuple[str, str, str, str, str, str]
"""Method, path, query, If-None-Match, Accept-Encoding and scheme: all that an answer hangs on besides who asks."""


@dataclass(slots=True)
class Answers:
    """Answers of one revision."""

    revision: int
    until_s: float
    _found: dict[tuple[Question, int], tuple[Principal, Answer]] = field(default_factory=dict)
    _n_bytes: int = 0

    def get(self, question: Question, principal: Principal) -> Answer | None:
        """The answer that was kept for who asks; None = none was."""
        found = self._found.get((question, id(principal)))
        # As it is held here, no other one can have its number.
        return found[1] if found else None

    def keep(self, question: Question, principal: Principal, answer: Answer) -> None:
        """Keeps an answer; all others are dropped when they are too much to hold."""
        self._n_bytes += len(answer.content) + _EXTRA_BYTES
        if self._n_bytes > MAX_BYTES:
            self._found, self._n_bytes = {}, 0
        self._found[question, id(principal)] = principal, answer


class KeptAnswers:
    """The answers of the newest revision that anybody has asked at."""

    def __init__(self) -> None:
        self._answers = Answers(-1, 0.0)

    def of(self, revision: int) -> Answers:
        """Those of a revision, which must have been read before what is kept among them."""
        answers, now_s = self._answers, time.monotonic()
        if answers.revision != revision or now_s > answers.until_s:
            answers = self._answers = Answers(revision, now_s + HELD_S)
        return answers
