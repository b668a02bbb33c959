"""The people of an office whose clock stands until a test moves it."""

import secrets
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gis_capture.people import People, Role
from gis_capture.people.attempts import later
from gis_capture.people.passwords import Passwords
from gis_capture.people.people import Lasting

IDLE_S, WHOLE_S = 3_600, 12 * 3_600
PASSWORD = "つつじ並木の街路灯 7基"
ADDRESS = "192.168.1.20"


class Clock:
    """Gives a time that passes only by `wait`."""

    def __init__(self) -> None:
        self.now = "2026-11-28T00:00:00Z"

    def __call__(self) -> str:
        """The time."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        self.now = later(self.now, seconds)


def open_people(path: Path, clock: Clock) -> People:
    """Opens them with hashes that cost nothing."""
    numbers = count(1)
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return People(
        path,
        clock=clock,
        new_id=lambda: f"id-{next(numbers)}",
        random=secrets.token_bytes,
        lasting=Lasting(IDLE_S, WHOLE_S),
        passwords=cheap,
        monotonic=count().__next__,
    )


@pytest.fixture
def clock() -> Clock:
    """Stands."""
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file of people is."""
    return tmp_path / "people.sqlite"


@pytest.fixture
def people(path: Path, clock: Clock) -> Iterator[People]:
    """An administrator 高山 and a clerk 山田."""
    opened = open_people(path, clock)
    opened.add_account("高山", PASSWORD, Role.ADMIN)
    opened.add_account("Yamada", PASSWORD, Role.OFFICE, title="山田 花子")
    yield opened
    opened.close()
