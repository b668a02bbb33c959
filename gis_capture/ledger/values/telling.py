"""Gathers what there is to tell about a column, so that ten thousand equal remarks become one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from gis_capture.ledger.values.reading import Note, ValueReading
from gis_capture.model import Problem, Text

MAX_PROBLEMS = 1_000
_MAX_KINDS = 200


@dataclass(slots=True)
class _Kind:
    row_number: int
    text: str | None
    n_rows: int = 0


class Teller:
    """Collects the problems of one column: those of severity "info" once per kind, all others per row up to a limit."""

    def __init__(
        self,
        *,
        field: str | None = None,
        column: str | None = None,
        cell_name: Callable[[int], str] | None = None,
        max_problems: int = MAX_PROBLEMS,
    ) -> None:
        """Keeps where the column stands."""
        self._field, self._column, self._cell_name, self._max = field, column, cell_name, max_problems
        self._problems: list[Problem] = []
        self._n_of_code: dict[str, int] = {}
        self._severity_of_code: dict[str, Note] = {}
        self._kinds: dict[Note, _Kind] = {}

    def tell_readings(
        self, texts: Sequence[str | None], rows: Sequence[int], readings: Mapping[str | None, ValueReading]
    ) -> None:
        """Tells the notes of every row's reading."""
        noted = {text: reading.notes for text, reading in readings.items() if reading.notes}
        if not noted:
            return
        first_rows = dict(zip(reversed(texts), reversed(rows), strict=True))
        n_rows = Counter(filter(noted.__contains__, texts))
        told: dict[str | None, tuple[Note, ...]] = {}
        for text, notes in noted.items():
            for note in notes:
                if note.severity == "info":
                    self._kinds.setdefault(note, _Kind(first_rows[text], text)).n_rows += n_rows[text]
            if of_rows := tuple(note for note in notes if note.severity != "info"):
                told[text] = of_rows
        if told:
            for row, text in zip(rows, texts, strict=True):
                for note in told.get(text, ()):
                    self.tell(note, (row,))

    def tell(self, note: Note, rows: Iterable[int]) -> None:
        """Tells a note about each of these rows."""
        for row in rows:
            n = self._n_of_code[note.code] = self._n_of_code.get(note.code, 0) + 1
            self._severity_of_code.setdefault(note.code, note)
            if n <= self._max:
                self._problems.append(self._problem(note, note.message, row))

    def problems(self) -> tuple[Problem, ...]:
        """Gives all of them: by row, then how many more there were, then what was changed on the way."""
        more = [
            self._problem(note, _more(self._n_of_code[code] - self._max, note.message), None)
            for code, note in self._severity_of_code.items()
            if self._n_of_code[code] > self._max
        ]
        kinds = list(self._kinds.items())
        infos = [
            self._problem(note, _with_example(note.message, kind), kind.row_number) for note, kind in kinds[:_MAX_KINDS]
        ]
        if len(kinds) > _MAX_KINDS:
            note = kinds[_MAX_KINDS][0]
            infos.append(self._problem(note, _more(len(kinds) - _MAX_KINDS, note.message), None))
        return (*self._problems, *more, *infos)

    def _problem(self, note: Note, message: Text, row: int | None) -> Problem:
        return Problem(
            note.code,
            note.severity,
            message,
            note.suggestion,
            row_number=row,
            column=self._column,
            cell=self._cell_name(row) if self._cell_name and row is not None else None,
            field=self._field,
        )


def _more(n: int, example: Text) -> Text:
    return Text(
        f"ほかに同じような件が{n:,}件あります（例：{example.ja}）。", f"There are {n:,} more like this ({example.en})."
    )


def _with_example(message: Text, kind: _Kind) -> Text:
    text = "".join(letter if letter.isprintable() else " " for letter in (kind.text or "")[:40]).strip()
    return Text(
        f"{message.ja}（{kind.n_rows:,}行、例：「{text}」）",
        f'{message.en} ({kind.n_rows:,} rows, for example "{text}")',
    )
