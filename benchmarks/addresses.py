"""Real addresses with coordinates of their own: how many find their town, how near, how often a sure answer is wrong.

Needs the folder of real files beside the checkout. A row is right when its place lies within three radii of the town
found, or two kilometres: a town's point stands for the whole town. "Sure, but far" counts answers that were called
sure and are not right; "other name" those of them whose town does not even stand in the address. The rest are
coordinates of the ledger that lie elsewhere.
"""

import csv
import math
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gis_capture.ledger import Table, read_ledger
from gis_capture.locate.angles import parse_position
from gis_capture.locate.gazetteer import Gazetteer, Match, build_gazetteer
from gis_capture.locate.gazetteer.folding import key_of

SHARED = Path(__file__).resolve().parents[2] / "shared"
TRUTH = re.compile("addr=(?P<address>.*?); lat=(?P<lat>.*?); lon=(?P<lon>.*?); n=")
FOUND = ("district", "town", "chome", "koaza", "block", "lot")
COLUMNS = ("rows", "town", "right", "200 m", "1 km", "sure, but far", "other name")

Case = tuple[str, float, float]


def main() -> None:
    """Prints a table by file, and the speeds."""
    if not (SHARED / "gazetteer").is_dir():
        sys.exit(f"needs real files in {SHARED.name}/ beside the checkout")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gazetteer.sqlite"
        started = time.perf_counter()
        counts = build_gazetteer([SHARED / "gazetteer" / "towns_jp.csv.gz"], path)
        built_s = time.perf_counter() - started
        started = time.perf_counter()
        gazetteer = Gazetteer(path)
        opened_s = time.perf_counter() - started
        with gazetteer:
            files = dict(_files())
            _print_row("file", COLUMNS)
            total: Counter[str] = Counter()
            for name, (is_truth, cases) in files.items():
                figures = _score(gazetteer, cases)
                total.update(figures if is_truth else {})
                _print_figures(name if is_truth else name + " *", figures)
            _print_figures("all but *", total)
            per_second = _speed(gazetteer, [cases for _, cases in files.values()])
    print("* positions of another geocoder, or pins set by hand")
    print(f"{counts['n_towns']:,} towns built in {built_s:.1f} s, opened in {opened_s:.3f} s")
    print(f"{per_second:,.0f} addresses a second on one core")


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


def _score(gazetteer: Gazetteer, cases: list[Case]) -> Counter[str]:
    context = gazetteer.context_of(address for address, _, _ in cases)
    figures = Counter(rows=len(cases))
    for address, lon, lat in cases:
        match = gazetteer.search(address, city=context)
        if match.level not in FOUND or match.lon is None or match.lat is None or match.accuracy_m is None:
            continue
        away_m = math.hypot((lon - match.lon) * math.cos(math.radians(lat)), lat - match.lat) * 111_320
        is_right = away_m <= max(3 * match.accuracy_m, 2000)
        figures["town"] += match.level != "district"
        figures["right"] += is_right
        figures["200 m"] += away_m <= 200
        figures["1 km"] += away_m <= 1000
        if match.is_sure and not is_right:
            figures["sure, but far"] += 1
            figures["other name"] += not _stands_in(address, match)
    return figures


def _stands_in(address: str, match: Match) -> bool:
    """Does the name of the town, without city and 丁目, stand in the address?"""
    town = re.sub("^.+?[都道府県](?:.+?郡)?.+?[市区町村](?:.{1,4}区)?", "", key_of(match.name))
    return re.sub("[一二三四五六七八九十]+丁目.*$", "", town)[:3] in key_of(address)


def _speed(gazetteer: Gazetteer, files: list[list[Case]]) -> float:
    """Addresses a second, with towns loaded and no address seen before."""
    batches = [(gazetteer.context_of(a for a, _, _ in cases), [a + "の1" for a, _, _ in cases]) for cases in files]
    started = time.perf_counter()
    for context, addresses in batches:
        for address in addresses:
            gazetteer.search(address, city=context)
    return sum(len(addresses) for _, addresses in batches) / (time.perf_counter() - started)


def _print_figures(name: str, figures: Counter[str]) -> None:
    shares = [f"{figures[column] / figures['rows']:.1%}" for column in COLUMNS[1:5]]
    _print_row(name, (str(figures["rows"]), *shares, *(str(figures[column]) for column in COLUMNS[5:])))


def _print_row(name: str, cells: tuple[str, ...]) -> None:
    print(f"{name:36}" + "".join(f"{cell:>14}" for cell in cells))


if __name__ == "__main__":
    main()
