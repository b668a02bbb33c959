"""How large a source may be; beyond that it is refused before it can fill the memory."""

from dataclasses import dataclass

from gis_capture.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may ask for.

    Attributes:
        max_source_bytes: Size of the file itself.
        max_unpacked_bytes: Sum of what a zip container unpacks to.
        max_unpacked_ratio: Unpacked by packed size, looked at from 50 MB unpacked on.
        max_entries: Files in a zip container.
        max_rows: Rows of one table.
        max_cells: Cells of one table.
        max_sheet_cells: Cells of a sheet of a workbook, empty ones between others counted.
        max_cell_chars: Characters of one cell.
        max_drawing_bytes: Size of a drawing or an XML map that has to be in memory as a whole.
        max_pages: Pages of a PDF.
        max_reading_s: Seconds of work for what a slow library reads in a process of its own (PDF, Access).
    """

    max_source_bytes: int = 2 << 30
    max_unpacked_bytes: int = 1 << 30
    max_unpacked_ratio: int = 200
    max_entries: int = 5_000
    max_rows: int = 5_000_000
    max_cells: int = 60_000_000
    max_sheet_cells: int = 25_000_000
    max_cell_chars: int = 200_000
    max_drawing_bytes: int = 40 << 20
    max_pages: int = 2_000
    max_reading_s: int = 600

    def seconds_for(self, size_bytes: int) -> float:
        """Seconds of work that a source of some size may cost: a small one has no business to take long."""
        return min(self.max_reading_s, 5 + size_bytes / 40_000)


def limits_of(settings: Settings) -> Limits:
    """Gives the limits that an office has set."""
    return Limits(
        max_source_bytes=settings.max_ledger_bytes,
        max_unpacked_bytes=settings.max_ledger_unpacked_bytes,
        max_unpacked_ratio=settings.max_unpacked_ratio,
        max_entries=settings.max_ledger_files,
        max_rows=settings.max_ledger_rows,
        max_cells=settings.max_ledger_cells,
        max_sheet_cells=settings.max_sheet_cells,
        max_cell_chars=settings.max_cell_chars,
        max_drawing_bytes=settings.max_drawing_bytes,
        max_pages=settings.max_ledger_pages,
        max_reading_s=settings.max_reading_s,
    )


DEFAULT_LIMITS = Limits()
