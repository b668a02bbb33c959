"""Sources of kinds that no sample shows, written by the tests of their drivers."""

import zipfile
from pathlib import Path

from tests.ledger import test_disguised_workbooks as disguised
from tests.ledger import test_fixed_width as fixed
from tests.ledger.pdf_files import ruled, unruled, write_pdf
from tests.ledger.test_access import database
from tests.ledger.test_photos import GPS, photo
from tests.ledger.test_xlsb import a_sheet
from tests.ledger.xlsb_writer import write_xlsb


def write_seeds(folder: Path) -> Path:
    """Writes them into a folder."""
    for encoding in ("utf-8", "shift_jis", "utf-16"):
        text = disguised.SPREADSHEET.replace("{encoding}", encoding)
        (folder / f"spreadsheet-{encoding}.xls").write_bytes(text.encode(encoding))
    (folder / "archive.mht").write_text(disguised.ARCHIVE, "utf-8")
    (folder / "flat.fods").write_text(disguised.FLAT, "utf-8")
    (folder / "fixed.dat").write_bytes(b"\r\n".join(fixed.RECORDS * 20))
    (folder / "fixed.toml").write_text(fixed.CP932, "utf-8")
    (folder / "host.dat").write_bytes(fixed.ebcdic_record() * 20)
    (folder / "host.toml").write_text(fixed.HEAD + 'encoding = "cp930"\ncopybook = "host.cpy"\n', "utf-8")
    (folder / "host.cpy").write_text(fixed.COPYBOOK, "utf-8")
    rows = [["番号", "所在地", "口径"], *([str(n), f"本町{n}", "75"] for n in range(12))]
    write_pdf(folder / "ruled.pdf", [ruled(rows), ruled(rows)])
    write_pdf(folder / "unruled.pdf", [unruled(rows)])
    photo(folder / "photo.jpg", GPS)
    database(folder / "access.mdb")
    write_xlsb(folder / "binary.xlsb", a_sheet())
    with zipfile.ZipFile(folder / "photos.zip", "w") as archive:
        archive.write(folder / "photo.jpg", "a/写真.jpg")
        archive.writestr("b\\台帳.csv", "番号,名称\n1,消火栓\n".encode("cp932"))
    return folder
