"""What people decided on the cells of a scanned ledger: a file that only grows, a line for each decision.

Who decides says how many decisions they had seen. Decisions on different cells merge, whoever made them; a cell on
which somebody has decided otherwise meanwhile keeps that decision, and the later one is told.
"""

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gis_capture.durability import held
from gis_capture.errors import SourceError
from gis_capture.paper import codes
from gis_capture.paper.ledgers.table import MAX_TEXT
from gis_capture.text import Text

_TRIES = 200


class Place(NamedTuple):
    """A cell: table, row and column, all from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants a cell to say; None takes back what was decided."""

    place: Place
    text: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a cell; `number` counts from 1, in the order of the file."""

    number: int
    place: Place
    text: str | None
    author: str
    at: str

    def to_json(self) -> dict[str, Any]:
        """Gives a line of the file."""
        return {"number": self.number, **self.place._asdict(), "text": self.text, "author": self.author, "at": self.at}


@dataclass(frozen=True, slots=True)
class Clash:
    """A choice that was not kept, because somebody had decided otherwise meanwhile."""

    wanted: str | None
    stands: Decision

    def to_json(self) -> dict[str, Any]:
        """Gives the form of an answer."""
        return {"wanted": self.wanted, "stands": self.stands.to_json()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some choices.

    Attributes:
        news: All decisions that their author has not seen, those made now among them.
        n_decisions: How many there are then: what the author has seen from now on.
    """

    news: tuple[Decision, ...]
    clashes: tuple[Clash, ...]
    n_decisions: int

    def to_json(self) -> dict[str, Any]:
        """Gives the form of an answer."""
        return {
            "decided": [one.to_json() for one in self.news],
            "clashes": [one.to_json() for one in self.clashes],
            "seen": self.n_decisions,
        }


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """The file."""

    path: Path

    def read(self) -> list[Decision]:
        """Reads all decisions, oldest first; a line that a power cut left unfinished is none."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        found: list[Decision] = []
        for line in lines:
            with suppress(ValueError, KeyError, TypeError):
                said = json.loads(line)
                place = Place(int(said["table"]), int(said["row"]), int(said["column"]))
                found.append(Decision(len(found) + 1, place, said["text"], str(said["author"]), str(said["at"])))
        return found

    def add(self, choices: Sequence[Choice], *, seen: int, author: str, at: str) -> Outcome:
        """Keeps the choices that clash with nothing that their author has not seen; all of them or none are written.

        Raises:
            SourceError: Somebody else is writing all the time.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with held(self.path.with_suffix(".lock"), n_tries=_TRIES) as is_ours:
            if not is_ours:
                raise _busy(self.path)
            known = self.read()
            standing = latest(known)
            clashes: list[Clash] = []
            new: list[Decision] = []
            for choice in {one.place: one for one in choices}.values():
                stands = standing.get(choice.place)
                if choice.text == (stands.text if stands else None):
                    continue
                if stands is not None and stands.number > seen:
                    clashes.append(Clash(choice.text, stands))
                else:
                    new.append(Decision(len(known) + len(new) + 1, choice.place, choice.text, author, at))
            self._append(new)
        everything = [*known, *new]
        return Outcome(tuple(everything[max(seen, 0) :]), tuple(clashes), len(everything))

    def _append(self, decisions: Iterable[Decision]) -> None:
        text = "".join(json.dumps(one.to_json(), ensure_ascii=False) + "\n" for one in decisions)
        if not text:
            return
        with self.path.open("a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                # A line that a power cut left unfinished must not take the next one with it.
                text = text if file.read(1) == b"\n" else "\n" + text
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())


def latest(decisions: Iterable[Decision]) -> dict[Place, Decision]:
    """The decision that stands for each cell; one that was taken back is among them, with no text."""
    return {one.place: one for one in decisions}


def checked_text(text: object) -> str:
    """A text that a cell can hold.

    Raises:
        SourceError: No text, too long, or with characters that no file keeps.
    """
    if isinstance(text, str) and len(text) <= MAX_TEXT:
        with suppress(UnicodeEncodeError):
            text.encode()
            return "".join(sign for sign in text if sign in "\n\t" or sign.isprintable() or sign == "\u3000").strip()
    raise SourceError(
        Text(f"値は{MAX_TEXT:,}文字までの文字です。", f"A value is a text of at most {MAX_TEXT:,} characters."),
        code=codes.SCANNED_DECISION,
    )


def _busy(path: Path) -> SourceError:
    return SourceError(
        Text("ほかの人が書き込んでいます。もう一度行ってください。", "Somebody else is writing: try again."),
        path=path,
        code=codes.SCANNED_BUSY,
    )
