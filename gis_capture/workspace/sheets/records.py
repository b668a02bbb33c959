"""The field sheets of a workspace, one folder each: what was printed, and the scans that came back.

sheets/000012/sheet.json   the sheet and the features on it, as printed
              sheet.pdf    its front as it was printed: the clean sheet that a scan is compared with
              atlas.pdf    all that was printed together, with the lists on the backs; with the first of them
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis_capture.durability import held, replace_durably
from gis_capture.errors import SourceError
from gis_capture.paper.sheet import Sheet, SheetFeature
from gis_capture.text import Text

FORMAT = "gis-capture.sheet/v1"
_TRIES = 600


@dataclass(frozen=True, slots=True)
class SheetRecord:
    """A sheet that was printed, with the features on it."""

    sheet: Sheet
    layers: tuple[str, ...]
    features: tuple[SheetFeature, ...]

    @property
    def first_number(self) -> int:
        """The number of the first sheet that was printed with it."""
        return self.sheet.number - int(self.sheet.part.partition(" / ")[0] or 1) + 1

    def to_json(self) -> dict[str, Any]:
        """Gives the content of `sheet.json`."""
        return {
            "format": FORMAT,
            "sheet": self.sheet.to_json(),
            "layers": list(self.layers),
            "features": [feature.to_json() for feature in self.features],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "SheetRecord":
        """Reads what `to_json` wrote."""
        features = tuple(SheetFeature.from_json(one) for one in document["features"])
        return cls(Sheet(**document["sheet"]), tuple(document["layers"]), features)


@dataclass(frozen=True, slots=True)
class SheetFolder:
    """The folder of all sheets of a workspace."""

    folder: Path

    def numbers(self) -> list[int]:
        """The numbers of all sheets, newest first."""
        return sorted((int(one.name) for one in self.folder.glob("[0-9]*") if one.name.isdigit()), reverse=True)

    def folder_of(self, number: int) -> Path:
        """Where a sheet is."""
        return self.folder / f"{number:06}"

    def pdf_of(self, number: int) -> Path:
        """What was printed."""
        return self.folder_of(number) / "sheet.pdf"

    def atlas_of(self, record: SheetRecord) -> Path:
        """All that was printed with a sheet; the front alone of one that was printed before all was kept."""
        atlas = self.folder_of(record.first_number) / "atlas.pdf"
        return atlas if atlas.is_file() else self.pdf_of(record.sheet.number)

    def read(self, number: int) -> SheetRecord:
        """Reads the record of a sheet.

        Raises:
            SourceError: There is none of this number.
        """
        try:
            document = json.loads((self.folder_of(number) / "sheet.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SourceError(
                Text(f"調査図 No.{number} はここにありません。", f"There is no field sheet {number} here."),
                path=self.folder_of(number),
                code="sheet_unknown",
            ) from error
        return SheetRecord.from_json(document)

    def find(self, number: str) -> SheetRecord:
        """Reads the record of a sheet by its number as a text; raises as `read` does."""
        return self.read(int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0)

    @contextmanager
    def numbering(self) -> Iterator[int]:
        """Gives the next number, and keeps others from taking it meanwhile."""
        self.folder.mkdir(exist_ok=True)
        with held(self.folder / "lock", n_tries=_TRIES) as is_ours:
            demand_held(is_ours, self.folder)
            yield max(self.numbers(), default=0) + 1

    def put(self, made: Path, records: Sequence[SheetRecord], whole: Path) -> None:
        """Takes printed sheets in; `made` holds NUMBER.pdf for each, `whole` is all of them."""
        for record in records:
            unfinished = self.folder / f"{record.sheet.number:06}.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            shutil.move(made / f"{record.sheet.number}.pdf", unfinished / "sheet.pdf")
            if record.sheet.number == record.first_number:
                shutil.copyfile(whole, unfinished / "atlas.pdf")
            text = json.dumps(record.to_json(), ensure_ascii=False)
            (unfinished / "sheet.json").write_text(text, encoding="utf-8")
            replace_durably(unfinished, self.folder_of(record.sheet.number))


def demand_held(is_ours: bool, path: Path) -> None:
    """Goes on only where a lock was got.

    Raises:
        SourceError: Somebody else is at it.
    """
    if not is_ours:
        raise SourceError(
            Text(
                "ほかの人が作業中です。少し待ってからもう一度行ってください。",
                "Somebody else is at it: try again soon.",
            ),
            path=path,
            code="sheet_busy",
        )
