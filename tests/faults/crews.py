"""Many tablets at once that browse and sync with a real server, and what they met."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.oracle import value_key
from tests.faults.tablet import HeadlessTablet, OfflineError, request

TILES = ((6, 56, 25), (10, 902, 402), (12, 3609, 1610), (14, 14437, 6441))
PHOTO_BYTES = 20_000


@dataclass
class Crews:
    """Tablets of crews; each lives in a thread of its own.

    Attributes:
        pause_s: What a tablet waits at most between two things that it does.
        captured: All values that were captured, as the oracle wants them.
        errors: What went wrong, and how often.
        took_s: How long each thing took, by its name.
    """

    port: int
    n_tablets: int
    pause_s: float = 0.0
    takes_photos: bool = True
    name: str = "tablet"
    captured: set[str] = field(default_factory=set)
    errors: Counter[str] = field(default_factory=Counter)
    took_s: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tablets = [HeadlessTablet(f"{self.name}-{number}") for number in range(self.n_tablets)]
        self._numbers = itertools.count(1)
        self._is_over = threading.Event()

    def __getstate__(self) -> dict[str, object]:
        """Everything but what cannot go to another process."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_is_over", "_numbers")}

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Lets all work for a block; when it ends they stop after what they are at."""
        self._is_over.clear()
        threads = [threading.Thread(target=self._live, args=(tablet,)) for tablet in self.tablets]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            for thread in threads:
                thread.join()

    def settle(self) -> None:
        """Sends all that waits, over a network that is well; then everybody pulls to the end."""
        for tablet in self.tablets:
            while tablet.outbox or tablet.unsent:
                tablet.push(self.port)
                tablet.send_photos(self.port, iter(lambda: "good", ""))
        for tablet in self.tablets:
            tablet.pull_all(self.port)

    def _live(self, tablet: HeadlessTablet) -> None:
        chance = random.Random(tablet.device_id)
        while not self._is_over.wait(chance.uniform(0, self.pause_s)):
            for _ in range(chance.randrange(3)):
                self._try("tile", lambda: self._tile(chance))
            self._try("features", self._features)
            for _ in range(chance.randrange(1, 4)):
                self._capture(tablet, chance)
            self._try("push", lambda: tablet.push(self.port))
            if tablet.unsent:
                self._try("photo", lambda: tablet.send_photos(self.port, iter(lambda: "good", "")))
            self._try("pull", lambda: tablet.pull_all(self.port))

    def _capture(self, tablet: HeadlessTablet, chance: random.Random) -> None:
        number = next(self._numbers)
        word = f"語{self.name}-{number}"
        is_photo = self.takes_photos and chance.random() < 0.1
        photos = [tablet.take_photo(hash((self.name, number)) % 2**31, PHOTO_BYTES)] if is_photo else []
        fields = {"name": {"old": None, "new": word}}
        own = [one for one in tablet.copy if one.startswith(f"{tablet.device_id}-")]
        if own and chance.random() < 0.7:
            feature_id = chance.choice(own)
            fields["name"]["old"] = tablet.view()[feature_id]["name"]
            tablet.make(f"{tablet.device_id}-c{number}", "update", feature_id, fields, attachments=photos)
        else:
            place = {"type": "Point", "coordinates": [137.2 + number % 997 / 5000, 36.1 + number % 991 / 5000]}
            more = {"geometry": {"old": None, "new": place}, "attachments": photos}
            tablet.make(f"{tablet.device_id}-c{number}", "insert", f"{tablet.device_id}-{number}", fields, **more)
        self.captured.add(value_key(word))

    def _tile(self, chance: random.Random) -> None:
        z, x, y = chance.choice(TILES)
        status, _, _ = request(self.port, "GET", f"/tiles/lamp/{z}/{x}/{y}.mvt", Accept_Encoding="gzip")
        if status not in (200, 204):
            raise OfflineError(f"tile: {status}")

    def _features(self) -> None:
        status, _, _ = request(self.port, "GET", "/layers/lamp/features?limit=50")
        if status != 200:
            raise OfflineError(f"features: {status}")

    def _try(self, name: str, what: Callable[[], None]) -> None:
        began = time.perf_counter()
        try:
            what()
        except OfflineError as error:
            self.errors[f"{name}: {str(error)[:160]}"] += 1
            return
        self.took_s.setdefault(name, []).append(time.perf_counter() - began)
