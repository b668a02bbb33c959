"""The Excel copy of a checked ledger."""

from pathlib import Path

from gis_capture.report.lint.check import Lint
from gis_capture.report.lint.rules import RULES
from gis_capture.report.marked_workbook import Mark, write_marked_workbook


def write_marked(lint: Lint, source: Path, out: Path, *, language: str = "ja") -> int:
    """Writes the ledger with what breaks a rule coloured, the rule's number in the comment; gives the number of cells.

    What a clean copy mends by itself is blue, what a person has to mend is yellow.
    """
    marks = [
        Mark(
            sheet=finding.sheet,
            row=finding.row,
            column=finding.column,
            severity="info" if finding.is_fixed else "warning",
            message=f"[{finding.rule} {RULES[finding.rule].in_language(language)}] "
            f"{finding.message.in_language(language)}",
            suggestion=finding.suggestion.in_language(language),
        )
        for finding in lint.findings
    ]
    return write_marked_workbook(lint.reading, source, marks, out, language=language)
