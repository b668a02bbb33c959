"""Makes everything in this folder anew, always the same: `python sample_data/make_sample_data.py [target folder]`."""

import sys
from pathlib import Path

from maker.basemap import write_basemap
from maker.broken import write_broken
from maker.lights import write_lights
from maker.tables import write_aeds, write_hydrants, write_toilets
from maker.trees import write_trees
from maker.workbooks import write_houses, write_mirrors, write_parks

LEDGERS = (
    write_lights,
    write_hydrants,
    write_mirrors,
    write_toilets,
    write_houses,
    write_trees,
    write_parks,
    write_aeds,
)


def make(folder: Path) -> None:
    """Writes base map, ledgers, their expected results and the broken files."""
    write_basemap(folder / "basemap")
    for write_ledger in LEDGERS:
        write_ledger(folder / "ledgers", folder / "expected")
    write_broken(folder / "broken")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent)
