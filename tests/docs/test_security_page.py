"""docs/security.md: each answer names tests that are there."""

import re
from pathlib import Path

SECTIONS = {
    1: (1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14), 2: (1, 2, 3, 4, 5, 6, 7, 8, 10), 3: (1, 2, 3, 4, 5, 7), 4: (1, 2, 3),
    5: (1, 2, 3, 4, 5), 6: (1, 2, 3, 4), 7: (1, 2, 3, 4), 8: (1, 2, 3), 9: (1, 2), 10: (2, 3), 11: (1,),
    12: (1, 2, 3, 4, 5, 6), 13: (1, 2), 14: (1, 2, 3, 4, 5),
}  # fmt: skip
"""Of OWASP ASVS 4.0.3, those with requirements of level 2; without SOAP, GraphQL and cryptographic devices."""
UNTESTED = {"2.6", "14.2"}
ROOT = Path(__file__).resolve().parents[2]


def test_the_tests_that_prove_the_answers_are_there() -> None:
    """By the name of the function, or the path below tests/; a test that was renamed is found here."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    defined = {name for text in files for name in re.findall(r"^def (test_\w+)\(", text, re.MULTILINE)}
    named = set(re.findall(r"\b(test_\w+)`", page))
    paths = re.findall(r"`((?:\w+/)+test_\w+\.py)", page)

    assert len(named) > 20 and named <= defined, named - defined
    assert paths and all((ROOT / "tests" / path.removeprefix("tests/")).is_file() for path in paths)


def test_every_section_of_level_2_has_an_answer_with_a_test() -> None:
    """Once each, in order; where nothing is there to be tested is known here."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+\.\d+) [^|]+ \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)

    assert [number for number, _, _ in rows] == [
        f"{chapter}.{one}" for chapter in SECTIONS for one in SECTIONS[chapter]
    ]
    assert all(answer.strip() for _, answer, _ in rows)
    assert {number for number, _, test in rows if "`" not in test} == UNTESTED
