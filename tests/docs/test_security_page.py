"""docs/security.md: each answer names tests that are there."""

import re
from pathlib import Path

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
