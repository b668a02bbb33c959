"""Small PDFs made by hand: ruled tables and words, in a Japanese font that every reader knows."""

import zlib
from collections.abc import Sequence
from pathlib import Path

Row = Sequence[str]


def ruled(rows: Sequence[Row], *, widths: Sequence[int] = (60, 140, 80), top: int = 780) -> str:
    """Page content: a table with lines around every cell; a cell "<" goes on from the one left of it."""
    parts = ["0.5 w"]
    for number, row in enumerate(rows):
        y = top - 20 * number
        x = 50
        for at, text in enumerate(row):
            if text == "<":
                x += widths[at]
                continue
            width = widths[at] + sum(widths[at + 1 + n] for n, t in enumerate(row[at + 1 :]) if t == "<" and n == 0)
            parts.append(f"{x} {y} {width} 20 re S")
            parts.append(word(x + 3, y + 6, text))
            x += widths[at]
    return "\n".join(parts)


def unruled(rows: Sequence[Row], *, places: Sequence[int] = (50, 120, 300), top: int = 780) -> str:
    """Page content: words in columns without any line."""
    return "\n".join(
        word(x, top - 16 * number, text)
        for number, row in enumerate(rows)
        for x, text in zip(places, row, strict=False)
        if text
    )


def word(x: int, y: int, text: str) -> str:
    """Page content: one text."""
    return f"BT /F1 9 Tf {x} {y} Td <{text.encode('cp932').hex()}> Tj ET" if text else ""


def write_pdf(path: Path, pages: Sequence[str]) -> Path:
    """Writes pages of content into a PDF."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>"
        % (b" ".join(b"%d 0 R" % (5 + 2 * n) for n in range(len(pages))), len(pages)),
        b"<</Type/Font/Subtype/Type0/BaseFont/HeiseiKakuGo-W5/Encoding/90ms-RKSJ-H/DescendantFonts[4 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiKakuGo-W5/DW 1000/W[1[500 95 500]231[500 632 500]]"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/HeiseiKakuGo-W5/Flags 4/FontBBox[0 -200 1000 900]"
        b"/ItalicAngle 0/Ascent 900/Descent -200/CapHeight 700/StemV 80>>>>",
    ]
    for number, content in enumerate(pages):
        packed = zlib.compress(content.encode())
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (6 + 2 * number)
        )
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed))
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    path.write_bytes(out)
    return path
