"""Files with one defect each, named by it, and the code of the problem, or "error", that has to be told."""

import io
import json
from pathlib import Path

from maker.city import sites_along
from maker.writing import new_sheet, save

EXPECTED = {
    "latitude_out_of_range.csv": "coordinate_outside_japan",
    "latitude_and_longitude_swapped.csv": "coordinates_swapped",
    "zero_coordinates.csv": "coordinate_sentinel",
    "half_a_coordinate.csv": "coordinate_incomplete",
    "no_header.csv": "no_header",
    "ragged_rows.csv": "ragged_row",
    "unclosed_quote.csv": "unclosed_quote",
    "mixed_encodings.csv": "row_in_another_encoding",
    "impossible_date.csv": "date_impossible",
    "number_became_scientific.csv": "excel_scientific",
    "empty.csv": "error",
    "truncated.xlsx": "error",
    "picture.xlsx": "error",
}


def write_broken(folder: Path) -> None:
    """Writes the files and `expected.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["ID", "種別", "所在地_連結表記", "緯度", "経度", "口径", "備考"]
    rows = []
    for number, spot in enumerate(sites_along(("street",), 900, 5)[:12], 1):
        lon, lat = spot.degrees
        rows.append([f"{number:03}", "消火栓", spot.address, f"{lat:.6f}", f"{lon:.6f}", "75", ""])

    def with_cell(row: int, column: str, text: str) -> list[list[str]]:
        changed = [list(cells) for cells in rows]
        changed[row][names.index(column)] = text
        return changed

    def put(name: str, body: list[list[str]], header: list[str] | None = names) -> None:
        lines = [",".join(cells) for cells in ([header] if header else []) + body]
        (folder / name).write_bytes("".join(f"{line}\r\n" for line in lines).encode())

    put("latitude_out_of_range.csv", with_cell(3, "緯度", "96.142851"))
    put("latitude_and_longitude_swapped.csv", [[*c[:3], c[4], c[3], *c[5:]] for c in rows])
    put("zero_coordinates.csv", [[*c[:3], "0", "0", *c[5:]] if n == 5 else c for n, c in enumerate(rows)])
    put("half_a_coordinate.csv", with_cell(4, "経度", ""))
    put("no_header.csv", rows, None)
    put("ragged_rows.csv", [[*c[:5]] if n == 6 else c for n, c in enumerate(rows)])
    put("unclosed_quote.csv", with_cell(8, "備考", '"ふたが開かない'))
    put(
        "impossible_date.csv",
        [[*c, "令和7年2月30日" if n == 2 else "令和7年2月3日"] for n, c in enumerate(rows)],
        [*names, "点検日"],
    )
    put("number_became_scientific.csv", with_cell(7, "ID", "2.12032E+11"))
    (folder / "empty.csv").write_bytes(b"")
    good = ",".join(names) + "\r\n" + "".join(",".join(cells) + "\r\n" for cells in rows)
    late = ",".join([*rows[0][:2], "岐阜県高山市城見町", *rows[0][3:]]) + "\r\n"
    (folder / "mixed_encodings.csv").write_bytes(good.encode() + late.encode("cp932"))
    book, sheet = new_sheet("水利", [10] * len(names))
    for cells in (names, *rows):
        sheet.append(cells)
    save(book, folder / "truncated.xlsx")
    whole = (folder / "truncated.xlsx").read_bytes()
    (folder / "truncated.xlsx").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "picture.xlsx").write_bytes(_picture())
    text = json.dumps({"layer": "fire_hydrant", "files": EXPECTED}, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _picture() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "#0017c1").save(buffer, "PNG")
    return buffer.getvalue()
