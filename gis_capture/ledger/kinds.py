"""Says what kind of file it is when no driver reads it."""

from gis_capture.errors import SourceError
from gis_capture.ledger.opening import Opened, unknown
from gis_capture.text import Text

PICTURES = (
    (b"\xff\xd8\xff", Text("画像（JPEG）", "a JPEG image")),
    (b"\x89PNG", Text("画像（PNG）", "a PNG image")),
    (b"II*\0", Text("画像（TIFF）", "a TIFF image")),
    (b"MM\0*", Text("画像（TIFF）", "a TIFF image")),
    (b"II+\0", Text("画像（BigTIFF）", "a BigTIFF image")),
    (b"MM\0+", Text("画像（BigTIFF）", "a BigTIFF image")),
    (b"GIF8", Text("画像（GIF）", "a GIF image")),
    (b"BM", Text("画像（BMP）", "a BMP image")),
    (b"\0\0\0\x0cjP  ", Text("画像（JPEG 2000）", "a JPEG 2000 image")),
)
MAGIC = (
    (b"%PDF", Text("PDF", "a PDF")),
    (b"\x1f\x8b", Text("gzip形式の圧縮ファイル", "a gzip file")),
    (b"7z\xbc\xaf", Text("7z形式の圧縮ファイル", "a 7z archive")),
    (b"Rar!", Text("RAR形式の圧縮ファイル", "a RAR archive")),
    (b"\x00\x01\x00\x00Standard", Text("Accessのデータベース", "an Access database")),
    (b"SQLite format 3", Text("SQLiteのデータベース", "an SQLite database")),
)


def refused(opened: Opened) -> SourceError:
    """The error for a file that no driver reads; for a picture it says what can be done with one."""
    picture = next((kind for magic, kind in PICTURES if opened.head.startswith(magic)), None)
    if picture is None and opened.head[:4] == b"RIFF" and opened.head[8:12] == b"WEBP":
        picture = Text("画像（WebP）", "a WebP image")
    return unknown(opened.path, say_kind(opened)) if picture is None else not_a_ledger(opened, picture)


def not_a_ledger(opened: Opened, picture: Text) -> SourceError:
    """The error for a picture without a position."""
    name = opened.path.name
    return SourceError(
        Text(
            f"「{name}」は{picture.ja}なので、台帳として読み取れません。"
            "地図や図面の画像は gis-capture raster add で地図の背景にできます。"
            "位置情報（EXIF の GPS）のある写真は、フォルダーごと選ぶと点の台帳になります。",
            f'"{name}" is {picture.en} and cannot be read as a ledger. A scanned map or an aerial photograph becomes a '
            "base map by gis-capture raster add; photos with a position (EXIF GPS), or a folder of them, become a "
            "ledger of points.",
        ),
        path=opened.path,
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
