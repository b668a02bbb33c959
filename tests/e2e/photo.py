"""A photo as a tablet's camera leaves it."""

from pathlib import Path

from PIL import Image, ImageDraw


def take_photo(folder: Path, number: int = 1) -> Path:
    """Makes a JPEG of 2600 × 1400 px, more than a tablet keeps, lying on its side; each number looks different."""
    picture = Image.new("RGB", (2600, 1400), "#88aacc")
    draw = ImageDraw.Draw(picture)
    for x in range(0, 2600, 65):
        draw.line([(x, 0), (2600 - x, 1400)], fill="#a90000", width=8 + number)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright (EXIF 2.32, Orientation)
    path = folder / f"写真 {number}.jpg"
    picture.save(path, quality=90, exif=exif)
    return path
