"""Kept answers are given to who asked, at the revision they were made at, and take bounded memory."""

import time

import pytest

from gis_capture.people import OWN_SCREEN
from gis_capture.server import kept_answers
from gis_capture.server.kept_answers import Answer, KeptAnswers

QUESTION = ("GET", "/tiles/street_light/14/1/2.mvt", "", "", "gzip", "http")
ANSWER = Answer("200 OK", [("ETag", '"1"')], b"x" * 100)


def test_an_answer_is_given_again_to_the_same_question_of_the_same_person() -> None:
    """Another question, or somebody else, gets none of it."""
    answers = KeptAnswers().of(7)
    answers.keep(QUESTION, OWN_SCREEN, ANSWER)
    assert answers.get(QUESTION, OWN_SCREEN) is ANSWER
    assert answers.get((*QUESTION[:3], '"1"', *QUESTION[4:]), OWN_SCREEN) is None
    somebody = type(OWN_SCREEN)(**{name: getattr(OWN_SCREEN, name) for name in OWN_SCREEN.__dataclass_fields__})
    assert answers.get(QUESTION, somebody) is None


def test_a_new_revision_begins_without_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """So does the same one after a second."""
    kept = KeptAnswers()
    kept.of(7).keep(QUESTION, OWN_SCREEN, ANSWER)
    assert kept.of(7).get(QUESTION, OWN_SCREEN) is ANSWER
    assert kept.of(8).get(QUESTION, OWN_SCREEN) is None
    kept.of(8).keep(QUESTION, OWN_SCREEN, ANSWER)
    now_s = time.monotonic() + kept_answers.HELD_S + 0.1
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    assert kept.of(8).get(QUESTION, OWN_SCREEN) is None


def test_answers_take_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be too much takes the place of all before it."""
    monkeypatch.setattr(kept_answers, "MAX_BYTES", 3_000)
    answers = KeptAnswers().of(7)
    for number in range(3):
        answers.keep((*QUESTION[:2], str(number), *QUESTION[3:]), OWN_SCREEN, ANSWER)
    kept = [answers.get((*QUESTION[:2], str(number), *QUESTION[3:]), OWN_SCREEN) for number in range(3)]
    assert kept == [None, None, ANSWER]
