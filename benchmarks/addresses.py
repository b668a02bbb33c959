"""Real addresses with coordinates of their own: how many find their town, how near, how often a sure answer is wrong.

Needs the folder of real files beside the checkout. A row is right when its place lies within three radii of the town
found, or two kilometres: a town's point stands for the whole town. "Within" counts rows that lie within the radius
that is claimed; "left out" does so with radii fitted on all other files, so that no file is judged by itself. "Sure,
but far" counts answers that were called sure and are not right. Some of them speak against the ledger and not against
the answer, and are "ledger's own": all towns around the coordinates are of another city than the one that the address
names; or the same coordinates stand beside addresses of three towns; or the address names its town in full, and that
is none of the dozen towns around the coordinates. What is left is "wrong". Every other file is summed up apart, too.

The same rows are asked of jageocoder, too, with a dictionary made of the same towns, where JAGEOCODER_PYTHON names the
interpreter of an environment that holds it (jageocoder==2.1.0 and jageocoder-converter==2.0.3, whose pins keep them
out of our own). Times are those of the processor, so that whatever else the machine does counts for neither.
"""

import csv
import json
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from gis_capture.ledger import Table, read_ledger
from gis_capture.locate.angles import parse_position
from gis_capture.locate.gazetteer import Gazetteer, Match, build_gazetteer
from gis_capture.locate.gazetteer.folding import key_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
TOWNS = SHARED / "gazetteer" / "towns_jp.csv.gz"
TRUTH = re.compile("addr=(?P<address>.*?); lat=(?P<lat>.*?); lon=(?P<lon>.*?); n=")
FOUND = ("district", "town", "chome", "koaza", "block", "lot")
COLUMNS = ("rows", "town", "right", "within", "left out", "200 m", "1 km", "sure, but far", "ledger's own", "wrong")
N_SHARES = 6
N_AROUND = 4
N_TOWNS_AROUND = 12
N_POINTS_AROUND = 300
REACHED = 0.9

Case = tuple[str, float, float]


def main() -> None:
    """Prints a table by file, and the speeds."""
    if not (SHARED / "gazetteer").is_dir():
        sys.exit(f"needs real files in {SHARED.name}/ beside the checkout")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gazetteer.sqlite"
        started = time.process_time()
        counts = build_gazetteer([TOWNS], path)
        built_s = time.process_time() - started
        started = time.process_time()
        gazetteer = Gazetteer(path)
        opened_s = time.process_time() - started
        with gazetteer:
            files = dict(_files())
            judge = Judge(path)
            _print_row("file", COLUMNS)
            totals = {name: Counter[str]() for name in ("all but *", "one half", "other half")}
            asked: list[tuple[Case, str | None]] = []
            contexts = {name: gazetteer.context_of(a for a, _, _ in cases) for name, (_, cases) in files.items()}
            answers = {
                name: [gazetteer.search(address, city=contexts[name]) for address, _, _ in cases]
                for name, (_, cases) in files.items()
            }
            reaches = {
                name: _reaches(files[name][1], answers[name]) for name, (is_truth, _) in files.items() if is_truth
            }
            for number, (name, (is_truth, cases)) in enumerate(files.items()):
                context = contexts[name]
                figures = _score(judge, cases, answers[name])
                figures["left out"] = _n_within_left_out(name, reaches) if is_truth else figures["within"]
                _print_figures(name if is_truth else name + " *", figures)
                if is_truth:
                    totals["all but *"].update(figures)
                    totals["other half" if number % 2 else "one half"].update(figures)
                    asked += [(case, context) for case in cases]
            for name, figures in totals.items():
                _print_figures(name, figures)
            per_second = _speed(gazetteer, [cases for _, cases in files.values()])
            print("* positions of another geocoder, or pins set by hand")
            for line in judge.own_errors:
                print("ledger's own:", line)
            for line in judge.wrong:
                print("wrong:", line)
            own = [gazetteer.search(address, city=context) for (address, _, _), context in asked]
            _beside_peer(asked, own)
    print(f"{counts['n_towns']:,} towns built in {built_s:.1f} s, opened in {opened_s:.3f} s")
    print(f"{per_second:,.0f} addresses a second on one core")


class Judge:
    """Tells a wrong answer from a ledger that speaks against itself, and keeps the list of both."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as database:
            rows = database.execute(
                "SELECT city.pref || city.name, town.base_key, town.lon, town.lat FROM town JOIN city USING (city_id)"
                " WHERE town.lon IS NOT NULL"
            ).fetchall()
        self._towns = [row[:2] for row in rows]
        self._points = np.array([row[2:] for row in rows], np.float64)
        self.own_errors: list[str] = []
        self.wrong: list[str] = []

    def is_own_error(self, case: Case, match: Match, spread: Counter[tuple[float, float]]) -> bool:
        """Do the coordinates lie where the address cannot be, or beside addresses of three towns?"""
        address, lon, lat = case
        around = self._around(lon, lat)
        cities = {self._towns[row][0] for row in around[:N_AROUND]}
        is_elsewhere = not any(match.name.startswith(city) for city in cities)
        city, town = self._towns[self._around(match.lon or 0.0, match.lat or 0.0)[0]]
        is_named = match.name.startswith(city) and town in key_of(match.matched)
        near = list(dict.fromkeys(self._towns[row] for row in around))[:N_TOWNS_AROUND]
        is_own = is_elsewhere or spread[lon, lat] >= 3 or (is_named and (city, town) not in near)
        (self.own_errors if is_own else self.wrong).append(f"{address} → {match.name} ({'、'.join(sorted(cities))})")
        return is_own

    def _around(self, lon: float, lat: float) -> list[int]:
        """The towns around a point, the nearest first."""
        away = np.hypot((self._points[:, 0] - lon) * math.cos(math.radians(lat)), self._points[:, 1] - lat)
        near = np.argpartition(away, N_POINTS_AROUND)[:N_POINTS_AROUND]
        return [int(row) for row in near[np.argsort(away[near])]]


def _reaches(cases: list[Case], matches: list[Match]) -> list[tuple[str, float]]:
    """Level and distance by the radius that was claimed, of the rows of one file that were found."""
    return [
        (match.level, _away_m(case, match.lon, match.lat) / match.accuracy_m)
        for case, match in zip(cases, matches, strict=True)
        if match.level in FOUND and match.lon is not None and match.lat is not None and match.accuracy_m
    ]


def _n_within_left_out(name: str, reaches: dict[str, list[tuple[str, float]]]) -> int:
    """Rows of one file within radii that hold nine of ten rows of all other files."""
    n_within = 0
    for level in {level for level, _ in reaches[name]}:
        others = [reach for other, rows in reaches.items() if other != name for at, reach in rows if at == level]
        limit = float(np.quantile(others, REACHED)) if others else 1.0
        n_within += sum(reach <= limit for at, reach in reaches[name] if at == level)
    return n_within


def _files() -> Iterator[tuple[str, tuple[bool, list[Case]]]]:
    corpus = SHARED / "corpus"
    with (corpus / "INDEX.csv").open(encoding="utf-8-sig", newline="") as stream:
        for entry in csv.DictReader(stream):
            if match := TRUTH.search(entry["geocode_truth"]):
                table = max(read_ledger(corpus / entry["path"]).tables, key=lambda table: len(table.row_numbers))
                cases = list(_cases(table, match["address"], match["lat"], match["lon"]))
                yield Path(entry["path"]).stem, (entry["geocode_truth"].startswith("yes"), cases)


def _cases(table: Table, address: str, lat: str, lon: str) -> Iterator[Case]:
    values = {
        column.header.split("\n")[0].strip(): cells for column, cells in zip(table.columns, table.values, strict=True)
    }
    for text, *cells in zip(values[address], *(values[name] for name in dict.fromkeys((lat, lon))), strict=True):
        if text and all(cells) and (position := parse_position(",".join(filter(None, cells)))):
            yield text, position[0], position[1]


def _score(judge: Judge, cases: list[Case], matches: list[Match]) -> Counter[str]:
    figures = Counter(rows=len(cases))
    towns = {(lon, lat, match.name) for (_, lon, lat), match in zip(cases, matches, strict=True)}
    spread = Counter((lon, lat) for lon, lat, _ in towns)
    for case, match in zip(cases, matches, strict=True):
        if match.level not in FOUND or match.lon is None or match.lat is None or match.accuracy_m is None:
            continue
        away_m = _away_m(case, match.lon, match.lat)
        is_right = away_m <= max(3 * match.accuracy_m, 2000)
        figures["town"] += match.level != "district"
        figures["right"] += is_right
        figures["within"] += away_m <= match.accuracy_m
        figures["200 m"] += away_m <= 200
        figures["1 km"] += away_m <= 1000
        if match.is_sure and not is_right:
            figures["sure, but far"] += 1
            figures["ledger's own" if judge.is_own_error(case, match, spread) else "wrong"] += 1
    return figures


def _away_m(case: Case, lon: float, lat: float) -> float:
    return math.hypot((case[1] - lon) * math.cos(math.radians(case[2])), case[2] - lat) * 111_320


def _beside_peer(asked: list[tuple[Case, str | None]], own: list[Match]) -> None:
    """Asks jageocoder the same; addresses that name no city get that of their file in front, where that is better."""
    python = os.environ.get("JAGEOCODER_PYTHON")
    if not python:
        print("beside jageocoder: set JAGEOCODER_PYTHON to the interpreter of an environment that holds it")
        return
    prefs = sorted({context[:4] if context[3:4] == "県" else context[:3] for _, context in asked if context})
    addresses = [address for (address, _, _), _ in asked]
    addresses += [(context or "") + address for (address, _, _), context in asked]
    question = json.dumps({"towns": str(TOWNS), "prefs": prefs, "addresses": addresses})
    worker = Path(__file__).with_name("_jageocoder.py")
    done = subprocess.run([python, str(worker)], input=question, capture_output=True, text=True, check=True)
    given = json.loads(done.stdout)
    half = len(asked)
    peer = [max((a, b), key=_level) for a, b in zip(given["answers"][:half], given["answers"][half:], strict=True)]
    places = {
        "own": [(m.lon, m.lat) if m.level in FOUND and m.level != "district" else (None, None) for m in own],
        "jageocoder": [(a[2], a[3]) if a and a[0] >= 5 else (None, None) for a in peer],
    }
    _print_row("the same rows", ("town", "200 m", "1 km", "3 km"))
    for name, points in places.items():
        away = [
            _away_m(case, lon, lat)
            for (case, _), (lon, lat) in zip(asked, points, strict=True)
            if lon is not None and lat is not None
        ]
        counts = [len(away), *(sum(metres <= limit for metres in away) for limit in (200, 1000, 3000))]
        _print_row(name, tuple(f"{count:,}" for count in counts))
    per_second = len(addresses) / given["searched_s"]
    print(
        f"jageocoder: {len(prefs)} prefectures built in {given['built_s']:.1f} s, {per_second:,.0f} addresses a second"
    )


def _level(answer: list[Any] | None) -> int:
    return answer[0] if answer else 0


def _speed(gazetteer: Gazetteer, files: list[list[Case]]) -> float:
    """Addresses a second, with towns loaded and no address seen before."""
    batches = [(gazetteer.context_of(a for a, _, _ in cases), [a + "の1" for a, _, _ in cases]) for cases in files]
    started = time.process_time()
    for context, addresses in batches:
        for address in addresses:
            gazetteer.search(address, city=context)
    return sum(len(addresses) for _, addresses in batches) / (time.process_time() - started)


def _print_figures(name: str, figures: Counter[str]) -> None:
    shares = [f"{figures[column] / figures['rows']:.1%}" for column in COLUMNS[1 : 1 + N_SHARES]]
    _print_row(name, (str(figures["rows"]), *shares, *(str(figures[column]) for column in COLUMNS[1 + N_SHARES :])))


def _print_row(name: str, cells: tuple[str, ...]) -> None:
    print(f"{name:32}" + "".join(f"{cell:>14}" for cell in cells))


if __name__ == "__main__":
    main()
