"""What is done in the background, told to all processes that serve a workspace: a JSON card for each job.

A card names the process that works on it, which holds a file as long as it lives; so all others see when it has died.
"""

import json
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any

from gis_capture.durability import held, hold

_WAIT_TRIES = 1_200
_ALIVE = ".alive"
Card = dict[str, Any]


class Presence:
    """This process, as the others see it.

    Args:
        folder: Where all processes of a workspace note that they live; made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._name, self._lock = folder, "", RLock()

    @property
    def name(self) -> str:
        """Under which this process works."""
        with self._lock:
            if not self._name:
                self._folder.mkdir(parents=True, exist_ok=True)
                for other in self._folder.glob(f"*{_ALIVE}"):
                    if not self.is_alive(other.stem):
                        with suppress(OSError):
                            other.unlink()
                name = f"{os.getpid()}-{token_hex(4)}"
                weakref.finalize(self, os.close, hold(self._folder / f"{name}{_ALIVE}"))
                self._name = name
            return self._name

    def is_alive(self, name: str) -> bool:
        """Whether the process of that name still runs."""
        path = self._folder / f"{name}{_ALIVE}"
        if name == self._name or not path.is_file():
            return bool(name) and name == self._name
        with held(path) as is_free:
            return not is_free


class Jobs:
    """The cards of one kind of job.

    Args:
        folder: Of the cards; made when it is needed.
        presence: Of this process.
    """

    def __init__(self, folder: Path, presence: Presence) -> None:
        self.folder, self._presence = folder, presence
        self._lock = RLock()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps all other threads and processes from changing cards meanwhile."""
        with self._lock, self._only(".lock"):
            yield

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until no other process does a job of this kind."""
        with self._only(".turn"):
            yield

    @contextmanager
    def _only(self, name: str) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        is_mine = False
        while not is_mine:
            with held(self.folder / name, n_tries=_WAIT_TRIES) as is_mine:
                if is_mine:
                    yield

    def get(self, name: str) -> Card | None:
        """The card of a job; None where there is none."""
        try:
            card: Card = json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return card

    def all(self) -> dict[str, Card]:
        """All cards, the oldest job first."""
        cards = {path.stem: self.get(path.stem) for path in self.folder.glob("*.json")}
        known = [(name, card) for name, card in cards.items() if card is not None]
        return dict(sorted(known, key=lambda one: (str(one[1].get("created_at", "")), one[0])))

    def put(self, name: str, card: Card, *, is_mine: bool = False) -> None:
        """Writes a card, whole or not at all; where the job `is_mine`, this process is named in it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if is_mine:
            card["worker"] = self._presence.name
        unfinished = self.folder / f"{name}.{token_hex(4)}.part"
        try:
            unfinished.write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
            os.replace(unfinished, self.folder / f"{name}.json")
        finally:
            unfinished.unlink(missing_ok=True)

    def drop(self, name: str) -> None:
        """Removes a card."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    def is_lost(self, card: Card) -> bool:
        """Whether the process that did the job has ended without finishing it."""
        return not self._presence.is_alive(str(card.get("worker", "")))
