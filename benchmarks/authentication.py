"""What authentication costs a tile: the same requests without it (peer), at the own screen, and signed in, in turn.

There is no network between, which would hide a part of the cost. Rounds are short and begin with another way
each time, and each is compared with the peer of its own round: what else the machine does hits all of them alike.
"""

import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

from shapely import Point
from werkzeug.test import EnvironBuilder

from gis_capture.model import Feature, PositionQuality
from gis_capture.people import OWN_SCREEN, Role
from gis_capture.server import create_app, tile_door
from gis_capture.server.asking import DEVICE_COOKIE, SESSION_COOKIE, who_asks
from gis_capture.store.protocol import Author
from gis_capture.workspace import Workspace

N_FEATURES, N_ROUNDS, N_REQUESTS = 2_000, 400, 10
LAYER = "street_light"
PATH = f"/tiles/{LAYER}/13/7219/3212.mvt"
PASSWORD = "benchmarks of tiles 7"


def make(path: Path) -> None:
    """A workspace of which one tile holds many lights."""
    with Workspace.create(path) as workspace:
        lights = [
            Feature(
                LAYER,
                f"00000000-0000-7000-8000-{number:012d}",
                Point(137.241 + number % 50 / 2_500, 36.136 + number // 50 / 2_500),
                {"ledger_number": f"A-{number}"},
                position=PositionQuality("coordinates", 1.0),
            )
            for number in range(N_FEATURES)
        ]
        with workspace.store.transact(Author("office"), at=workspace.clock()) as transaction:
            transaction.put_layer(workspace.known_layer(LAYER))
            transaction.insert(lights)


class Way:
    """One way to ask the app, without a network between.

    Args:
        path: Of the workspace.
        cookie: Of who asks.
        asks: Whether who asks is found out; else it is the peer.
    """

    def __init__(self, path: Path, *, cookie: str = "", asks: bool = True) -> None:
        self.workspace = Workspace.open(path)
        self.app = create_app(self.workspace).wsgi_app
        self.who_asks = who_asks if asks else lambda served, environ: OWN_SCREEN
        environ = EnvironBuilder(path=PATH, headers=[("Accept-Encoding", "gzip")]).get_environ()
        self.environ = {**environ, "REMOTE_ADDR": "127.0.0.1", **({"HTTP_COOKIE": cookie} if cookie else {})}
        self.times_s: list[float] = []

    def ask(self) -> None:
        """Asks for the tile."""
        statuses: list[str] = []
        body = b"".join(self.app(dict(self.environ), lambda status, headers: statuses.append(status)))  # type: ignore[arg-type]
        assert statuses == ["200 OK"] and len(body) > 1_000

    def measure(self) -> None:
        """Asks many times."""
        with mock.patch.object(tile_door, "who_asks", self.who_asks):
            self.ask()
            began_s = time.perf_counter()
            for _ in range(N_REQUESTS):
                self.ask()
            self.times_s.append((time.perf_counter() - began_s) / N_REQUESTS)


def main() -> None:
    """Prints the medians, and the median of the multiples of the peer's."""
    with tempfile.TemporaryDirectory() as folder:
        alone, office = Path(folder) / "alone", Path(folder) / "office"
        make(alone)
        make(office)
        with Workspace.open(office) as workspace:
            workspace.people.add_account("admin", PASSWORD, Role.ADMIN)
            session, _ = workspace.people.sign_in("admin", PASSWORD, address="")
            code, _ = workspace.people.make_pairing_code("tablet", "admin")
            device, _ = workspace.people.pair(code, "tablet", address="")
        ways: dict[str, Way] = {
            "without (peer)": Way(alone, asks=False),
            "own screen, no accounts": Way(alone),
            "signed in": Way(office, cookie=f"{SESSION_COOKIE}={session}"),
            "paired tablet": Way(office, cookie=f"{DEVICE_COOKIE}={device}"),
        }
        order = list(ways.values())
        for _ in range(N_ROUNDS):
            order.append(order.pop(0))
            for way in order:
                way.measure()
        for way in ways.values():
            way.workspace.close()
    medians: dict[str, Any] = {name: statistics.median(way.times_s) for name, way in ways.items()}
    peers_s = next(iter(ways.values())).times_s
    ratios = {
        name: statistics.median(own_s / peer_s for own_s, peer_s in zip(way.times_s, peers_s, strict=True))
        for name, way in ways.items()
    }
    for name, median_s in medians.items():
        print(f"{name:26} {median_s * 1e6:8.0f} µs  {ratios[name]:5.2f} ×")
    print(json.dumps({name: round(ratio, 3) for name, ratio in ratios.items()}))


if __name__ == "__main__":
    main()
