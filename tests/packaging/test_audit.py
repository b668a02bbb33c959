"""`just audit` tells known holes from an advisory service that cannot be asked."""

import sys

import pytest

from scripts.audit import HOLES, NOT_ASKED, ask


@pytest.mark.parametrize(
    ("said", "code", "expected"),
    [
        ("No known vulnerabilities found", 0, 0),
        ("found 0 vulnerabilities", 0, 0),
        ("Found 2 known vulnerabilities in 1 package", 1, HOLES),
        (
            "Found 1 known vulnerability in 1 package\nx: Dependency not found on PyPI and could not be audited",
            1,
            HOLES,
        ),
        ("1 high severity vulnerability\nA connection may be kept open by who is not known", 1, HOLES),
        ("3 vulnerabilities (1 moderate, 2 high)", 1, HOLES),
        ("No known vulnerabilities found\nx: Dependency not found on PyPI and could not be audited", 0, NOT_ASKED),
        ("npm error audit endpoint returned an error", 1, NOT_ASKED),
        ("HTTPSConnectionPool: Max retries exceeded: connection refused", 1, NOT_ASKED),
        ("something that nobody foresaw", 3, HOLES),
    ],
)
def test_holes_are_told_from_what_could_not_be_asked(
    said: str, code: int, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hole that was found counts whatever else could not be asked; what could not says so."""
    program = f"import sys; print({said!r}); sys.exit({code})"

    assert ask("some", (sys.executable, "-c", program)) == expected
    assert ("not asked" in capsys.readouterr().out) is (expected == NOT_ASKED)
