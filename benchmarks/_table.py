"""What was measured beside what was asked for, collected in one run and told in one table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A figure: what was found, as text, and whether it is as good as `asked`; None = it was not measured."""

    name: str
    peer: str
    ours: str
    found: str
    asked: str
    is_met: bool | None


_rows: list[Row] = []


def note(
    name: str, peer: str, ours: str, *, found: float, asked: float, unit: str = "×", is_most: bool = False
) -> None:
    """Notes a figure; `is_most` says that the less, the better."""
    is_met = found <= asked if is_most else found >= asked
    _rows.append(Row(name, peer, ours, f"{found:.2f} {unit}", f"{'≤' if is_most else '≥'} {asked:g} {unit}", is_met))


def skip(name: str, why: str) -> None:
    """Notes that a figure was not measured, and why."""
    _rows.append(Row(name, why, "", "", "", None))


def print_table() -> None:
    """Prints all that was noted since the last table."""
    if not _rows:
        return
    widths = [max(len(getattr(row, part)) for row in _rows) for part in ("name", "peer", "ours", "found", "asked")]
    for row in _rows:
        cells = (row.name, row.peer, row.ours, row.found, row.asked)
        told = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        print(f"{told}  {'not measured' if row.is_met is None else 'met' if row.is_met else 'MISSED'}", flush=True)
    _rows.clear()
