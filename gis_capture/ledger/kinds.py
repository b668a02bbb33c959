"""Says what kind of file it is when no driver reads it."""

from gis_capture.ledger.opening import Opened
from gis_capture.text import Text

MAGIC = (
    (b"%PDF", Text("PDF", "a PDF")),
    (b"\xff\xd8\xff", Text("画像（JPEG）", "a JPEG image")),
    (b"\x89PNG", Text("画像（PNG）", "a PNG image")),
    (b"II*\0", Text("画像（TIFF）", "a TIFF image")),
    (b"MM\0*", Text("画像（TIFF）", "a TIFF image")),
    (b"\x1f\x8b", Text("gzip形式の圧縮ファイル", "a gzip file")),
    (b"7z\xbc\xaf", Text("7z形式の圧縮ファイル", "a 7z archive")),
    (b"Rar!", Text("RAR形式の圧縮ファイル", "a RAR archive")),
    (b"\x00\x01\x00\x00Standard", Text("Accessのデータベース", "an Access database")),
    (b"SQLite format 3", Text("SQLiteのデータベース", "an SQLite database")),
)


def say_kind(opened: Opened) -> Text:
    """Names the kind of a file by its first bytes."""
    for magic, kind in MAGIC:
        if opened.head.startswith(magic):
            return kind
    start = opened.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"<":
        return Text("台帳ではないXML", "XML that holds no ledger")
    if start in (b"{", b"["):
        return Text("台帳ではないJSON", "JSON that holds no ledger")
    if opened.zip_names:
        return Text("台帳を含まない圧縮ファイル", "an archive without a ledger")
    return Text("対応していない形式", "of a kind that is not supported")
