"""Photos as a tablet's camera leaves them."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter


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


def bar_code(folder: Path, widths: str) -> Path:
    """Makes a photo of a label with these bars and gaps, a little askew and soft, as a hand holds a tablet."""
    label = Image.new("L", (sum(map(int, widths)) * 4 + 96, 220), 225)
    draw, left = ImageDraw.Draw(label), 48
    for number, width in enumerate(map(int, widths)):
        if number % 2 == 0:
            draw.rectangle([left, 20, left + width * 4 - 1, 200], fill=45)
        left += width * 4
    photo = Image.new("L", (1600, 1200), 150)
    photo.paste(label, (300, 480))
    path = folder / "銘板.jpg"
    photo.rotate(2, Image.Resampling.BICUBIC, fillcolor=150).filter(ImageFilter.GaussianBlur(1)).save(path, quality=80)
    return path


def old_photo(folder: Path) -> Path:
    """Makes a JPEG that says it was taken years ago, elsewhere, looking to the west."""
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: "2020:01:02 09:10:11", 0x9011: "+09:00"})
    lat, lon = (36.0, 7.0, 30.0), (137.0, 14.0, 24.0)
    exif.get_ifd(0x8825).update({1: "N", 2: lat, 3: "E", 4: lon, 16: "T", 17: 270.25})
    path = folder / "去年の写真.jpg"
    Image.new("RGB", (640, 480), "#446644").save(path, exif=exif)
    return path
