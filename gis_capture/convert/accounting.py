"""What became of the rows of a source."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gis_capture.convert.bounding import bound_problems
from gis_capture.convert.reasons import reason_words
from gis_capture.model import Problem

FORMAT = "gis-capture.convert/v1"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of the rows of a source: n_source_rows = n_loaded + n_unlocated + n_rejected + n_skipped.

    Attributes:
        layer: Key of the layer.
        crs: Of the features in the layer.
        n_loaded: Rows with a position in the layer.
        n_unlocated: Rows in the layer without a position.
        n_rejected: Rows of which nothing could be stored.
        n_skipped: Rows that are no data: subtotals, notes, repeated headers.
        reasons: Number of rows by code, for all but the loaded ones.
        revision: Of the store; None for a dry run.
        import_id: None for a dry run.
    """

    layer: str
    crs: str
    n_loaded: int
    n_unlocated: int
    n_rejected: int
    n_skipped: int
    reasons: Mapping[str, int]
    problems: tuple[Problem, ...]
    revision: int | None = None
    import_id: str | None = None

    @property
    def n_source_rows(self) -> int:
        """All rows of the tables that were converted."""
        return self.n_loaded + self.n_unlocated + self.n_rejected + self.n_skipped

    def with_listed(self, kinds: Sequence[str], *, n_unlocated: int, problems: Iterable[Problem]) -> "Conversion":
        """The same, when some rows wait for a person instead of going into the layer.

        Args:
            kinds: Why, one code for each of these rows; they count as rejected.
            n_unlocated: Those of them that have no position.
            problems: Of comparing, to be told first.
        """
        reasons = Counter(self.reasons) + Counter(kinds)
        return replace(
            self,
            n_loaded=self.n_loaded - (len(kinds) - n_unlocated),
            n_unlocated=self.n_unlocated - n_unlocated,
            n_rejected=self.n_rejected + len(kinds),
            reasons=dict(reasons.most_common()),
            problems=bound_problems((*problems, *self.problems)),
        )

    def to_json(self, language: str = "ja") -> dict[str, Any]:
        """Gives `gis-capture.convert/v1`."""
        return {
            "format": FORMAT,
            "layer": self.layer,
            "crs": self.crs,
            "n_source_rows": self.n_source_rows,
            "n_loaded": self.n_loaded,
            "n_unlocated": self.n_unlocated,
            "n_rejected": self.n_rejected,
            "n_skipped": self.n_skipped,
            "reasons": [
                {"code": code, "words": reason_words(code, language), "n_rows": n_rows}
                for code, n_rows in self.reasons.items()
            ],
            "revision": self.revision,
            "problems": [problem.to_json(language) for problem in self.problems],
        }
