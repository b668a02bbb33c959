"""Printed ledgers back from the scanner: what share of letters and cells is right, and what no person has to look at.

Ledgers are printed, stamped, folded, turned and photographed by `tests.paper.ledgers.printed`, from seeds that nothing
was tuned on; what was printed is known. Each engine alone stands beside the two together. An empty cell counts as
neither accepted nor asked. Printed letters flatter all engines: there is no handwriting here.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from gis_capture.paper.ledgers.assembling import PageTable, assemble
from gis_capture.paper.ledgers.checks import Known
from gis_capture.paper.ledgers.engines import Engine, open_engines
from gis_capture.paper.ledgers.letters import key
from gis_capture.paper.ledgers.reading import read_page
from gis_capture.paper.ledgers.table import ScannedTable
from tests.paper.ledgers.printed import TOWNS, Printed, print_ledger

FIRST_SEED = 91_000
N_ROWS = 22


@dataclass
class Tally:
    """What was found on some pages."""

    n_pages: int = 0
    n_whole: int = 0
    n_cells: int = 0
    n_letters: int = 0
    n_wrong_letters: int = 0
    n_right: int = 0
    n_accepted: int = 0
    n_wrong_accepted: int = 0
    alone: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, printed: Printed, tables: Sequence[ScannedTable]) -> None:
        """Compares what was read of one ledger with what was printed."""
        truth = [[text or "" for text in row] for row in printed.heads + printed.rows]
        table = max(tables, key=lambda one: len(one.cells), default=ScannedTable(0, 0, 0, ()))
        is_whole = (table.n_rows, table.n_columns) == (len(truth), len(truth[0]))
        self.n_pages += len(printed.pages)
        self.n_whole += len(printed.pages) if is_whole else 0
        # A row too many or too few moves all rows below it: each is compared with the one that it is most like.
        at = {row: row if is_whole else _likest(table, truth, row) for row in range(table.n_rows)}
        wanted = {
            (row, column): key(text) for row, line in enumerate(truth) for column, text in enumerate(line) if text
        }
        self.n_cells += len(wanted)
        self.n_letters += sum(map(len, wanted.values()))
        self.n_wrong_letters += sum(map(len, wanted.values()))
        for cell in (cell for cell in table.cells if cell.readings):
            want, read = wanted.get((at[cell.row], cell.column), ""), key(cell.proposal)
            self.n_right += read == want
            self.n_wrong_letters += min(Levenshtein.distance(read, want), max(len(want), 1)) - len(want)
            self.alone.update(one.engine for one in cell.readings if key(one.text) == want)
            self.n_accepted += cell.is_accepted
            self.n_wrong_accepted += cell.is_accepted and read != want
            self.doubts.update(cell.doubts)
            if read != want:
                mark = "ACCEPTED " if cell.is_accepted else ""
                texts = " / ".join(one.text for one in cell.readings)
                self.wrong.append(f"{mark}{want!r} proposed {cell.proposal!r}, read {texts}: {', '.join(cell.doubts)}")
        # An empty proposal where something was printed is as wrong as any other.
        inked = {(at[cell.row], cell.column) for cell in table.cells if cell.readings}
        lost = [text for place, text in wanted.items() if place not in inked]
        self.wrong += [f"{text!r} was not found" for text in lost]

    def tell(self, name: str) -> None:
        """Prints the figures."""
        if not self.n_cells:
            return
        alone = ", ".join(f"{engine} alone {n / self.n_cells:.1%}" for engine, n in sorted(self.alone.items()))
        print(
            f"{name:<24} {self.n_pages:>3} pages, grid right {self.n_whole / self.n_pages:6.1%}; "
            f"letters right {1 - self.n_wrong_letters / self.n_letters:6.2%}; "
            f"cells right {self.n_right / self.n_cells:6.1%} ({alone}); "
            f"accepted {self.n_accepted / self.n_cells:6.1%} of {self.n_cells:,}, "
            f"wrong among them {self.n_wrong_accepted} ({self.n_wrong_accepted / max(self.n_accepted, 1):.2%})",
            flush=True,
        )


def _likest(table: ScannedTable, truth: Sequence[Sequence[str]], row: int) -> int:
    """The printed row near a read one that has most texts in common with it, each in its column."""
    read = [(cell.column, key(cell.proposal)) for cell in table.cells if cell.row == row and cell.proposal]
    near = range(max(row - 8, 0), min(row + 9, len(truth)))
    return max(near, default=row, key=lambda one: sum((n, text) in read for n, text in enumerate(map(key, truth[one]))))


def kind_of(printed: Printed) -> str:
    """The group that a ledger is counted in."""
    look = printed.look
    if look.is_photo:
        return "photograph"
    return f"{'' if look.has_lines else 'no lines, '}{look.dpi} dpi"


def run(n_pages: int, first_seed: int) -> tuple[dict[str, Tally], list[float], list[float]]:
    """Prints and reads ledgers of one to three pages, until there are as many pages as wanted."""
    engines, seed = open_engines(), first_seed
    tallies: dict[str, Tally] = {"all": Tally()}
    walls: list[float] = []
    works: list[float] = []
    while tallies["all"].n_pages < n_pages:
        printed = print_ledger(seed, n_pages=1 + seed % 3, n_rows=N_ROWS)
        pages = [_read(printed, number, engines, walls, works) for number in range(1, len(printed.pages) + 1)]
        tables = assemble(pages, Known(TOWNS))
        for name in ("all", kind_of(printed)):
            tallies.setdefault(name, Tally()).add(printed, tables)
        print(f"seed {seed}, {kind_of(printed)}: ", end="")
        tallies["all"].tell("so far")
        seed += 1
    return tallies, walls, works


def _read(
    printed: Printed, number: int, engines: Sequence[Engine], walls: list[float], works: list[float]
) -> list[PageTable]:
    dpi = None if printed.look.is_photo else float(printed.look.dpi)
    begun, worked = time.perf_counter(), _worked()
    _, _, tables = read_page(printed.pages[number - 1], number, dpi, engines)
    walls.append(time.perf_counter() - begun)
    works.append(_worked() - worked)
    return tables


def _worked() -> float:
    """Seconds of work, of this process and those that it has waited for."""
    if sys.platform == "win32":
        return time.process_time()
    import resource

    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in parts)


def main(arguments: Sequence[str] = ()) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scanned_ledgers", description=__doc__)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--details", action="store_true", help="also what was wrong, and what was doubted")
    options = parser.parse_args(arguments)
    tallies, walls, works = run(options.pages, options.seed)
    for name, tally in sorted(tallies.items(), key=lambda one: (one[0] == "all", one[0])):
        tally.tell(name)
    middle = len(walls) // 2
    print(f"seconds a page: median {sorted(walls)[middle]:.1f}, of work {sorted(works)[middle]:.1f}")
    if options.details:
        print("\n".join([*tallies["all"].wrong, str(tallies["all"].doubts.most_common())]))


if __name__ == "__main__":
    main(sys.argv[1:])
