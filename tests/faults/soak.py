"""Lives days over a bad network until the time is up: `python -m tests.faults.soak --seed 7 --minutes 10`.

The first day that something is wrong with ends it; its seed and steps are printed, and one day of them is lived by
`--seed N --steps M`.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.day import Day, report


def main() -> None:
    """Lives days; exit code 1 where something was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=None, help="of the first day")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long")
    parser.add_argument("--steps", type=int, default=None, help="lives one day of so many steps")
    given = parser.parse_args()
    seed, end = given.seed if given.seed is not None else int(time.time()), time.monotonic() + given.minutes * 60
    while True:
        # Every fourth day is a long one.
        n_steps = given.steps or (200 if seed % 4 == 0 else 60)
        with tempfile.TemporaryDirectory() as folder:
            day = Day(Path(folder), seed, n_steps)
            try:
                found = day.run()
            except BaseException:
                report(day, [])
                raise
        if found:
            report(day, found)
            sys.exit(1)
        print(
            f"seed {seed}: {n_steps} steps, {len(day.captured)} values, {day.server.n_kills} kills: nothing lost",
            flush=True,
        )
        seed += 1
        if given.steps or time.monotonic() > end:
            return


if __name__ == "__main__":
    main()
