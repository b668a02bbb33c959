"""What a perfect reader makes of a ledger, written down while the ledger is made."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maker.city import Point


@dataclass
class Truth:
    """The account of one ledger.

    Attributes:
        header_rows: 1-based, as the user of the ledger sees them; so are all row numbers.
        rows: One for each data row, in order.
        skipped: Row number and reason of every other row of the table, titles above it included.
    """

    source: str
    layer: str
    encoding: str | None
    sheet: str | None
    header_rows: list[int]
    coordinates: str
    crs: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)

    def loaded(self, row: int, position: Point, **fields: Any) -> None:
        """A row with a position (lon, lat) in EPSG:6668."""
        self.rows.append({"row": row, "outcome": "loaded", "position": list(position), "fields": fields})

    def unlocated(self, row: int, reason: str, **fields: Any) -> None:
        """A row without a usable position; reason is the code of the problem."""
        self.rows.append({"row": row, "outcome": "unlocated", "reason": reason, "fields": fields})

    def write(self, folder: Path) -> None:
        """Writes `<name of the ledger>.json`, a row a line."""
        counts = {name: sum(row["outcome"] == name for row in self.rows) for name in ("loaded", "unlocated")}
        document = {
            "source": self.source,
            "layer": self.layer,
            "encoding": self.encoding,
            "sheet": self.sheet,
            "header_rows": self.header_rows,
            "coordinates": {"kind": self.coordinates, "crs": self.crs},
            "n_source_rows": len(self.rows) + len(self.skipped),
            "n_loaded": counts["loaded"],
            "n_unlocated": counts["unlocated"],
            "n_rejected": 0,
            "n_skipped": len(self.skipped),
            "skipped": [{"row": row, "reason": reason} for row, reason in sorted(self.skipped)],
        }
        head = json.dumps(document, ensure_ascii=False, indent=1).rstrip("}\n ")
        rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in self.rows)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{Path(self.source).stem}.json"
        path.write_text(f'{head},\n "rows": [\n  {rows}\n ]\n}}\n', encoding="utf-8", newline="\n")
