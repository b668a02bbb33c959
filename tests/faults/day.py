"""One day of work over a bad network, decided by a seed: crews, an office, QGIS, kills; and what is left of it."""

import itertools
import json
import random
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis_capture.geopackage.connection import connect
from gis_capture.workspace import Workspace
from tests.faults.network import FAULTS, Network
from tests.faults.oracle import complaints, value_key
from tests.faults.server import Server
from tests.faults.tablet import LAYER, HeadlessTablet, OfflineError, request
from tests.sync.tablets import AT, LAMP, POLE, fill, lamp

N_TABLETS = 4
CLOCKS = (AT, "1970-01-01T00:00:00Z", "2041-05-05T23:59:59Z", "2026-11-22T02:10:00Z")
KILL_AT_MOST = 600
"""Statements of the writer before which a server that is to die by itself dies at the latest."""


@dataclass
class Day:
    """A day; `run` works through `n_steps` and settles the dust, `check` gives what is wrong then.

    Attributes:
        seed: The same seed gives the same steps; how the requests of tablets that push at once interleave is the
            server's affair.
        breaks: A rule that the server breaks.
    """

    folder: Path
    seed: int
    n_steps: int = 40
    breaks: str | None = None
    has_kills: bool = True
    log: list[str] = field(default_factory=list)
    captured: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.numbers = itertools.count(1)
        self.workspace = self.folder / "作業 フォルダー"
        self.tablets = [
            HeadlessTablet(f"tablet-{number}", clock_at=CLOCKS[number % len(CLOCKS)]) for number in range(N_TABLETS)
        ]

    def run(self) -> list[str]:
        """Works through the day; gives the complaints of the oracle."""
        with Workspace.create(self.workspace) as made:
            first = [lamp(self._id(), name=self._word(), number=f"N-{number}") for number in range(5)]
            fill(made.store, *first, layers=(POLE, LAMP))
            self.captured.add(value_key({"type": "Point", "coordinates": [137.25, 36.14]}))
        self.server = Server(self.workspace, self.breaks)
        self.server.start()
        self.network = Network(self.server.port)
        try:
            for tablet in self.tablets:
                tablet.pull_all(self.server.port)
            for _ in range(self.n_steps):
                self._step()
            self._settle()
        finally:
            self.network.close()
            self.server.stop()
        return complaints(self.workspace, self.tablets, self.captured, self.given_up)

    def _step(self) -> None:
        weights = {
            self._capture: 10,
            self._edit: 12,
            self._move: 5,
            self._delete: 2,
            self._sync: 14,
            self._sync_at_once: 2,
            self._pull: 5,
            self._switch_off: 3,
            self._decide: 3,
            self._release: 1,
            self._edit_directly: 2,
            self._arrive: 2,
            self._kill: 2 if self.has_kills else 0,
        }
        (step,) = self.chance.choices(list(weights), list(weights.values()))
        self.log.append(step.__name__)
        try:
            step()
        except OfflineError as error:
            self.log[-1] += f": {error}"
        if not self.server.is_running():
            self.log.append("the server is dead; it is started again")
            self.server.kill()
            self.server.start()

    def _capture(self) -> None:
        tablet, n = self._tablet(), next(self.numbers)
        number = self.chance.choice([None, f"N-{n}", "N-1"])
        fields = {"name": {"old": None, "new": self._word()}, "number": {"old": None, "new": number}}
        photos = [tablet.take_photo(n, self.chance.choice([500, 20_000, 50_000]))] if self.chance.random() < 0.4 else []
        geometry = {"old": None, "new": self._place()}
        tablet.make(self._id(), "insert", self._id(), fields, geometry=geometry, attachments=photos)

    def _edit(self) -> None:
        tablet = self._tablet()
        if chosen := self._pick(tablet.view()):
            feature_id, seen = chosen
            fields = {"name": {"old": seen.get("name"), "new": self._word()}}
            is_photo = self.chance.random() < 0.3
            photos = [tablet.take_photo(next(self.numbers), 3_000)] if is_photo else []
            tablet.make(self._id(), "update", feature_id, fields, attachments=photos)

    def _move(self) -> None:
        tablet = self._tablet()
        if chosen := self._pick(tablet.view()):
            feature_id, seen = chosen
            geometry = {"old": seen.get("geometry"), "new": self._place()}
            tablet.make(self._id(), "update", feature_id, {}, geometry=geometry, attachments=[])

    def _delete(self) -> None:
        tablet = self._tablet()
        if chosen := self._pick(tablet.view()):
            feature_id, seen = chosen
            fields = {name: {"old": seen.get(name)} for name in tablet.fields}
            geometry = {"old": seen.get("geometry")}
            tablet.make(self._id(), "delete", feature_id, fields, geometry=geometry, attachments=[])

    def _sync(self) -> None:
        tablet = self._tablet()
        tablet.push(self.network.port, fault=self._fault(), is_reversed=self.chance.random() < 0.2)
        tablet.send_photos(self.network.port, self._faults())
        tablet.pull_page(self.network.port, fault=self._fault())

    def _sync_at_once(self) -> None:
        faults = [self._fault() for _ in self.tablets]

        def push(tablet: HeadlessTablet, fault: str) -> None:
            with suppress(OfflineError):
                tablet.push(self.network.port, fault=fault)
                tablet.pull_all(self.network.port)

        with ThreadPoolExecutor(len(self.tablets)) as crews:
            list(crews.map(push, self.tablets, faults))

    def _pull(self) -> None:
        self._tablet().pull_page(self.network.port, limit=self.chance.randint(1, 6), fault=self._fault())

    def _switch_off(self) -> None:
        place = self.chance.randrange(len(self.tablets))
        self.tablets[place] = HeadlessTablet.from_journal(self.tablets[place].journal())

    def _decide(self) -> None:
        status, _, content = request(self.server.port, "GET", "/conflicts?state=open")
        records = (
            sorted(json.loads(content)["conflicts"], key=lambda one: str(one["change_id"])) if status == 200 else []
        )
        if records:
            record = self.chance.choice(records)
            names = [clash["field"] for clash in record["fields"]]
            names += [name for name in ("geometry", "attachments") if record[name]]
            take = self.chance.choice(["stored", "incoming"])
            body = json.dumps({"decisions": {name: {"take": take} for name in names}, "author": "係長"}).encode()
            path = f"/conflicts/{record['conflict_id']}/resolve"
            request(self.server.port, "POST", path, body, Content_Type="application/json")

    def _release(self) -> None:
        status, _, content = request(self.server.port, "GET", "/changes/waiting")
        waiting = json.loads(content)["changes"] if status == 200 else []
        held = sorted(one["change_id"] for one in waiting if one["receipt"]["status"] == "held")
        if held:
            path = f"/changes/{self.chance.choice(held)}/release"
            request(self.server.port, "POST", path, b"{}", Content_Type="application/json")

    def _edit_directly(self) -> None:
        """QGIS writes a name straight into the file."""
        with closing(connect(self.workspace / "layers.gpkg")) as database:
            rows = database.execute(f"SELECT fid, name FROM {LAYER} ORDER BY feature_id").fetchall()
            if rows:
                fid, name = self.chance.choice(rows)
                word = self._word()
                with suppress(sqlite3.OperationalError):
                    database.execute(f"UPDATE {LAYER} SET name = ? WHERE fid = ?", (word, fid))
                    self.given_up.add(value_key(name))

    def _arrive(self) -> None:
        self.network.deliver_late()

    def _kill(self) -> None:
        """Ends the server now; the next one may die by itself, between two statements."""
        kill_at = self.chance.choice([None, self.chance.randint(1, KILL_AT_MOST)])
        self.server.kill()
        self.server.start(kill_at=kill_at)

    def _settle(self) -> None:
        """In the evening the network is good: everything is sent and fetched."""
        self.server.kill() if self.has_kills else self.server.stop()
        self.server.start()
        self.network.deliver_late()
        port = self.server.port
        for tablet in [*self.tablets, *self.tablets]:
            tablet.push(port)
            tablet.send_photos(port, itertools.repeat("good"))
            tablet.pull_all(port)
        for tablet in self.tablets:
            tablet.pull_all(port)

    def _tablet(self) -> HeadlessTablet:
        return self.chance.choice(self.tablets)

    def _pick(self, seen: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]] | None:
        if not seen:
            return None
        feature_id = self.chance.choice(sorted(seen))
        return feature_id, seen[feature_id]

    def _fault(self) -> str:
        return self.chance.choices(FAULTS, [10] + [1] * (len(FAULTS) - 1))[0]

    def _faults(self) -> Iterator[str]:
        return iter(self._fault, "")

    def _id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def _word(self) -> str:
        word = f"語{next(self.numbers)}"
        self.captured.add(value_key(word))
        return word

    def _place(self) -> dict[str, Any]:
        place = {"type": "Point", "coordinates": [137.0 + next(self.numbers) / 1e4, 36.0 + self.chance.random()]}
        self.captured.add(value_key(place))
        return place


def replay_words(seed: int, n_steps: int) -> str:
    """How a day that failed is lived again."""
    return f"Replay it by: just soak --seed {seed} --steps {n_steps}"


def report(day: Day, found: list[str], say: Callable[[str], None] = print) -> None:
    """Tells what is wrong with a day, what was done in it, and how to live it again."""
    for line in [*day.log, *found, replay_words(day.seed, day.n_steps)]:
        say(line)
