"""Runs benchmarks: `python -m benchmarks` all of them, `python -m benchmarks convert` one.

Each is a module of this folder with a `main()` that prints its figures beside those of its peers, as ratios.
"""

import importlib
import sys
from pathlib import Path

from benchmarks._table import print_table


def main() -> None:
    """Runs the named benchmarks, or all."""
    known = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))
    names = sys.argv[1:] or known
    unknown = sorted(set(names) - set(known))
    if unknown:
        sys.exit(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in names:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
        print_table()


if __name__ == "__main__":
    main()
