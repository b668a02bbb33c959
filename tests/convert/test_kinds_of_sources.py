"""Sources of the kinds that offices have, from the file to the GeoPackage: every row and value is there again."""

from collections.abc import Callable
from pathlib import Path

import pyogrio
import pytest

from gis_capture.convert import convert, inspect_source
from gis_capture.model import Layer
from gis_capture.store import GeoPackageStore
from tests.ledger import test_fixed_width as fixed
from tests.ledger import test_form_answers as forms
from tests.ledger.test_government_xml import moj_map
from tests.ledger.test_kml_folders import hydrants, lamps
from tests.ledger.test_ods import HEAD, read_sheet, table_row, text_cell
from tests.ledger.test_xlsb import a_sheet
from tests.ledger.xlsb_writer import write_xlsb


def google(folder: Path) -> Path:
    """Answers of Google Forms."""
    (folder / "回答.csv").write_text(forms.GOOGLE, "utf-8-sig")
    return folder / "回答.csv"


def kintone(folder: Path) -> Path:
    """Records of kintone."""
    (folder / "kintone.csv").write_text(forms.KINTONE, "utf-8-sig")
    return folder / "kintone.csv"


def host(folder: Path) -> Path:
    """Records of a mainframe with shift bytes, packed and zoned numbers, and their copybook."""
    (folder / "host.dat").write_bytes(fixed.ebcdic_record() * 3)
    (folder / "host.toml").write_text(fixed.HEAD + 'encoding = "cp930"\ncopybook = "host.cpy"\n', "utf-8")
    (folder / "host.cpy").write_text(fixed.COPYBOOK, "utf-8")
    return folder / "host.dat"


def parcels(folder: Path) -> Path:
    """A map of the Ministry of Justice."""
    (folder / "地図.xml").write_text(moj_map(), "utf-8")
    return folder / "地図.xml"


def folders(folder: Path) -> Path:
    """A KML of two kinds of things."""
    body = "".join(
        f"<Folder><name>{name}</name>{''.join(inside)}</Folder>"
        for name, inside in (("消火栓", hydrants(1, 2)), ("街路灯", lamps(1, 2, 3)))
    )
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    (folder / "地図.kml").write_text(text, "utf-8")
    return folder / "地図.kml"


def opendocument(folder: Path) -> Path:
    """A sheet of LibreOffice."""
    read_sheet(folder, "", HEAD, *(table_row(*(text_cell(f"{n}{c}") for c in "甲乙丙")) for n in range(3)))
    return folder / "a.ods"


def binary(folder: Path) -> Path:
    """A binary workbook of Excel."""
    return write_xlsb(folder / "a.xlsb", a_sheet())


@pytest.mark.parametrize(
    ("write", "n_rows", "texts"),
    [
        (google, [4], {"穴ぼこ, 側溝", "https://drive.google.com/open?id=a1"}),
        (kintone, [3], {"消火栓\n防火水槽", "IMG_0002.jpg\nIMG_0003.jpg"}),
        (host, [3], {"0012", "消火栓ｱ1", "本町"}),
        (parcels, [1, 1], {"880-1"}),
        (folders, [2, 3], {"地上", "LED", "栓1"}),
        (opendocument, [3], {"0甲", "2丙"}),
        (binary, [2], {"002", "013", "甲町"}),
    ],
    ids=["Google Forms", "kintone", "mainframe", "parcels", "KML", "OpenDocument", "binary workbook"],
)
def test_a_source_comes_through_whole(
    tmp_path: Path,
    store: GeoPackageStore,
    layers: dict[str, Layer],
    clock: Callable[[], str],
    new_id: Callable[[], str],
    write: Callable[[Path], Path],
    n_rows: list[int],
    texts: set[str],
) -> None:
    """Inspected, converted without a definition for it, and read back by GDAL with its values and layers' names."""
    path = write(tmp_path)
    assert [len(one.table.row_numbers) for one in inspect_source(path, layers=[]).tables] == n_rows
    done = convert(
        path,
        layer=layers["generic"],
        layers=[layers["generic"]],
        store=store,
        author="",
        clock=clock,
        new_id=new_id,
        is_repeat_allowed=True,
    )
    assert (done.n_rejected, done.n_loaded + done.n_unlocated) == (0, sum(n_rows))
    made = [layer for layer in store.layers() if layer.key.startswith("ledger_")]
    assert len({layer.title.ja for layer in made}) == len(n_rows)
    frames = [pyogrio.read_dataframe(store.path, layer=layer.key) for layer in made]
    assert sorted(map(len, frames)) == sorted(n_rows)
    assert texts <= {value for frame in frames for value in frame.to_numpy().ravel().tolist() if isinstance(value, str)}
