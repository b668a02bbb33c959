"""Prints ledgers as paper really looks, from known truth and a seed: the tests and the benchmark read them back.

What an engine never met in its training is not made here: no handwriting. Real paper is worse.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gis_capture.paper.fonts import find_font

Pixels = NDArray[np.uint8]
TOWNS = tuple(
    [
        "上一之町",
        "上二之町",
        "上三之町",
        "下一之町",
        "下二之町",
        "下三之町",
        "大新町",
        "八軒町",
        "七日町",
        "花岡町",
        "桐生町",
        "岡本町",
        "千島町",
        "石浦町",
        "松之木町",
        "松本町",
        "江名子町",
        "塩屋町",
        "三福寺町",
        "新宮町",
        "山田町",
        "越後町",
        "西之一色町",
        "上岡本町",
        "下岡本町",
        "冬頭町",
        "大島町",
        "漆垣内町",
        "滝町",
        "岩井町",
        "緑ヶ丘町",
        "朝日町",
        "有楽町",
        "本町",
        "名田町",
        "初田町",
        "末広町",
        "総和町",
        "昭和町",
        "天満町",
        "馬場町",
        "堀端町",
        "神明町",
        "相生町",
        "八幡町",
        "吹屋町",
        "左京町",
        "宗猷寺町",
        "国府町広瀬町",
        "国府町八日町",
        "丹生川町坊方",
        "清見町三日町",
        "荘川町新渕",
        "一之宮町",
        "久々野町無数河",
        "朝日町万石",
        "髙根町上ヶ洞",
        "上宝町本郷",
        "奥飛騨温泉郷平湯",
        "奥飛騨温泉郷栃尾",
    ]
)
_REMARKS = [
    "蓋が固い",
    "要点検",
    "標識なし",
    "令和3年に移設",
    "〃",
    "道路拡幅により移設予定",
    "隣地と協議中",
    "塗装済",
    "撤去予定",
    "凍結注意",
    "標示灯故障",
    "民地内",
]


_GROUNDS: tuple[Literal["paper", "diazo", "blueprint"], ...] = ("paper", "diazo", "blueprint")


@dataclass(frozen=True, slots=True)
class Look:
    """How it comes back from the paper.

    `ground`: "diazo" has blue ink on bluish paper (青焼き), a "blueprint" pale letters on blue. `has_upright_heads`:
    headers that two rows share are written from top to bottom.
    """

    dpi: int = 300
    has_lines: bool = True
    has_thin_lines: bool = False
    font: int = 0
    is_photo: bool = False
    skew_deg: float = 0.4
    turned: int = 0
    n_stamps: int = 0
    n_folds: int = 0
    shading: float = 0.05
    noise: float = 4.0
    blur: float = 0.6
    jpeg_quality: int = 70
    ground: Literal["paper", "diazo", "blueprint"] = "paper"
    has_upright_heads: bool = False


@dataclass(frozen=True, slots=True)
class Printed:
    """The pictures of the pages, and the truth: `heads` and `rows` hold the text of every place of the grid.

    A merged cell has its text at its upper left place, and None at the others.
    """

    pages: list[Pixels]
    heads: list[list[str | None]]
    rows: list[list[str]]
    look: Look

    def write(self, folder: Path) -> Path:
        """Writes a TIFF of all pages."""
        path = folder / "ledger.tif"
        pictures = [Image.open(io.BytesIO(self._jpeg(page))) for page in self.pages]
        dpi = None if self.look.is_photo else (self.look.dpi, self.look.dpi)
        more: dict[str, Any] = {"dpi": dpi} if dpi else {}
        pictures[0].save(path, save_all=True, append_images=pictures[1:], compression="tiff_lzw", **more)
        return path

    def _jpeg(self, page: Pixels) -> bytes:
        return cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, self.look.jpeg_quality])[1].tobytes()


def random_look(seed: int) -> Look:
    """A look as chance has it: most are scans of 300 dpi, some are worse, one in five a photograph."""
    rng = np.random.default_rng(seed + 7_000)
    is_photo = bool(rng.random() < 0.2)
    return Look(
        dpi=int(rng.choice([150, 200, 300, 300, 300, 400])) if not is_photo else 300,
        has_lines=bool(rng.random() < 0.85) or is_photo,
        has_thin_lines=bool(rng.random() < 0.4),
        font=int(rng.integers(2)),
        is_photo=is_photo,
        skew_deg=float(rng.uniform(-1.5, 1.5)),
        turned=int(rng.choice([0, 0, 0, 0, 90, 180, 270])),
        n_stamps=int(rng.integers(0, 3)),
        n_folds=int(rng.integers(0, 3)),
        shading=float(rng.uniform(0, 0.12)),
        noise=float(rng.uniform(1, 7)),
        blur=float(rng.uniform(0.3, 0.9)),
        jpeg_quality=int(rng.integers(45, 90)),
        ground=_GROUNDS[int(rng.choice(3, p=[0.86, 0.1, 0.04]))],
        has_upright_heads=bool(rng.random() < 0.3),
    )


def print_ledger(seed: int, *, look: Look | None = None, n_pages: int = 1, n_rows: int = 25) -> Printed:
    """Prints one ledger; `n_rows` are on each page, below a header that is repeated."""
    rng = np.random.default_rng(seed)
    look = look or random_look(seed)
    heads, rows = (_hydrants, _lights, _trees)[seed % 3](rng, n_pages * n_rows)
    title = ("消防水利台帳", "街路灯管理台帳", "街路樹台帳")[seed % 3]
    pages = [
        _worn(_paper(title, heads, rows[n * n_rows : (n + 1) * n_rows], look, rng, n + 1), look, rng)
        for n in range(n_pages)
    ]
    return Printed(pages, heads, rows, look)


def _hydrants(rng: Any, n: int) -> tuple[list[list[str | None]], list[list[str]]]:
    heads = [
        ["番号", "種別", "所在地", None, "設置年月日", "口径", "容量", "備考"],
        [None, None, "町名", "地番", None, "（㎜）", "（㎥）", None],
    ]
    start, form, town = int(rng.integers(1, 400)), int(rng.integers(3)), rng.permutation(len(TOWNS))[:14]
    rows = []
    for row in range(n):
        year, month, day = int(rng.integers(1, 30)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
        day_text = (f"平成{year}年{month}月{day}日", f"H{year}.{month}.{day}", f"{1990 + year}/{month}/{day}")[form]
        lot = str(rng.integers(1, 2500)) + (f"-{rng.integers(1, 40)}" if rng.random() < 0.6 else "")
        kind = str(rng.choice(["地上式", "地下式", "防火水槽", "防火井戸"]))
        is_tank = kind == "防火水槽"
        rows.append(
            [
                f"{start + row:03}",
                kind,
                TOWNS[int(rng.choice(town))],
                lot,
                day_text,
                "" if is_tank else str(rng.choice(["75", "100", "150", "φ75"], p=[0.5, 0.3, 0.15, 0.05])),
                str(rng.choice(["40", "60", "100"])) if is_tank else "",
                str(rng.choice(_REMARKS)) if rng.random() < 0.2 else "",
            ]
        )
    return heads, rows


def _lights(rng: Any, n: int) -> tuple[list[list[str | None]], list[list[str]]]:
    heads: list[list[str | None]] = [
        ["管理番号", "灯具", None, "設置場所", None, "設置年度", "状態", "備考"],
        [None, "種類", "Ｗ数", "町名", "電柱番号", None, None, None],
    ]
    ward, start, town = str(rng.choice(list("ABCDEK"))), int(rng.integers(1, 6000)), rng.permutation(len(TOWNS))[:10]
    rows = [
        [
            f"{ward}-{start + row:04}",
            str(rng.choice(["LED", "水銀灯", "蛍光灯", "ナトリウム灯"])),
            str(rng.choice(["10", "20", "32", "40", "80", "100", "200"])),
            TOWNS[int(rng.choice(town))],
            f"{rng.choice(['本線', '東支', '北幹'])}{rng.integers(1, 240)}",
            f"平成{rng.integers(2, 31)}年度" if rng.random() < 0.7 else f"昭和{rng.integers(50, 64)}年度",
            str(rng.choice(["点灯", "点灯", "点灯", "不点", "点滅"])),
            str(rng.choice(_REMARKS)) if rng.random() < 0.15 else "",
        ]
        for row in range(n)
    ]
    return heads, rows


def _trees(rng: Any, n: int) -> tuple[list[list[str | None]], list[list[str]]]:
    heads: list[list[str | None]] = [["No.", "路線名", "樹種", "樹高(m)", "幹周(cm)", "植栽年", "樹勢", "診断日"]]
    lines = rng.permutation(["市道駅前線", "市道花里線", "県道古川線", "市道松本線", "中央通り", "市道西校前線"])[:3]
    rows = [
        [
            str(row + 1),
            str(rng.choice(lines)),
            str(rng.choice(["ソメイヨシノ", "イチョウ", "ケヤキ", "ハナミズキ", "トウカエデ"])),
            f"{rng.uniform(2, 18):.1f}",
            str(rng.integers(20, 190)),
            str(rng.integers(1960, 2022)),
            str(rng.choice(["良", "普通", "不良", "枯死"])),
            f"R{rng.integers(2, 8)}.{rng.integers(1, 13)}.{rng.integers(1, 29)}",
        ]
        for row in range(n)
    ]
    return heads, rows


def _font_files() -> list[Path]:
    first = find_font()
    others = sorted(path for path in first.parent.glob("*Serif*-Regular.ttc") if path != first)
    return [first, *others[:1]]


def _paper(
    title: str, heads: list[list[str | None]], rows: Sequence[Sequence[str]], look: Look, rng: Any, page: int
) -> NDArray[np.float32]:
    """A clean page, on its long side, at the resolution it will be scanned in."""
    mm = look.dpi / 25.4
    width, height = round(297 * mm), round(210 * mm)
    image = Image.new("L", (width, height), 255)
    draw: Any = ImageDraw.Draw(image)
    files = _font_files()
    size_mm = 3.4
    font = ImageFont.truetype(files[look.font % len(files)], round(size_mm * mm))
    small = ImageFont.truetype(files[look.font % len(files)], round(size_mm * 0.95 * mm))
    big = ImageFont.truetype(files[look.font % len(files)], round(5 * mm))
    draw.text((110 * mm, 8 * mm), title, font=big, fill=20)
    draw.text((270 * mm, 200 * mm), f"- {page} -", font=font, fill=30)
    texts = [*heads, *rows]
    longest = [max(_wide(row[column] or "") for row in texts) for column in range(len(heads[0]))]
    widths = np.array([max(n * size_mm + 4, 13) for n in longest])
    widths *= 265 / widths.sum() if widths.sum() > 265 or look.has_lines else 1
    step = min(176 / len(texts), 7.6)
    x, y = np.concatenate([[0], np.cumsum(widths)]) + 16, np.arange(len(texts) + 1) * step + 19
    thick = max(round((0.12 if look.has_thin_lines else 0.3) * mm), 1)
    for row, line in enumerate(texts):
        for column, text in enumerate(line):
            if text is None:
                continue
            right, down = column + 1, row + 1
            if row < len(heads):
                while right < len(line) and line[right] is None and (row == 0 and heads[-1][right] is not None):
                    right += 1
                while down < len(heads) and heads[down][column] is None:
                    down += 1
            box = tuple(value * mm for value in (x[column], y[row], x[right], y[down]))
            if look.has_lines:
                draw.rectangle(box, outline=30, width=thick)
            if look.has_upright_heads and row < len(heads) and down - row > 1:
                x_middle, first = (
                    (box[0] + box[2]) / 2,
                    (box[1] + box[3]) / 2 - (len(text) - 1) / 2 * 1.05 * size_mm * mm,
                )
                for n, letter in enumerate(text):
                    draw.text((x_middle, first + n * 1.05 * size_mm * mm), letter, font=small, fill=25, anchor="mm")
                continue
            is_left = row >= len(heads) and _wide(text) > 2.5
            at = (box[0] + 1.5 * mm, (box[1] + box[3]) / 2)
            if is_left or not look.has_lines:
                draw.text(at, text, font=font, fill=25, anchor="lm")
            else:
                draw.text(((box[0] + box[2]) / 2, at[1]), text, font=font, fill=25, anchor="mm")
    ink: NDArray[np.float32] = cv2.cvtColor(np.asarray(image), cv2.COLOR_GRAY2BGR).astype(np.float32)
    if look.ground != "paper":
        # Blue, green, red of paper and ink, both mottled.
        light, dark = ((240, 222, 214), (150, 80, 70)) if look.ground == "diazo" else ((150, 70, 35), (240, 232, 225))
        share = ink / 255 * cv2.resize(rng.uniform(0.93, 1.0, (40, 56)).astype(np.float32), (width, height))[..., None]
        ink = share * np.array(light, np.float32) + (1 - share) * np.array(dark, np.float32)
    for _ in range(look.n_stamps):
        _stamp(ink, mm, rng)
    return ink


def _wide(text: str) -> float:
    return sum(0.6 if ord(letter) < 0x100 else 1.0 for letter in text)


def _stamp(paper: NDArray[np.float32], mm: float, rng: Any) -> None:
    """A round seal of vermilion somewhere on the page."""
    height, width = paper.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    at = (int(rng.uniform(0.1, 0.9) * width), int(rng.uniform(0.05, 0.9) * height))
    cv2.circle(cover, at, int(rng.uniform(5, 8) * mm), 255, max(int(0.7 * mm), 1), cv2.LINE_AA)
    for _ in range(6):
        points = (np.array(at) + rng.uniform(-4, 4, (3, 2)) * mm).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(cover, [points], False, 255, max(int(0.6 * mm), 1), cv2.LINE_AA)
    blotches = cv2.resize(rng.uniform(0.5, 1.0, (60, 60)).astype(np.float32), (width, height))
    paper *= 1 - (cover / 255 * blotches)[..., None] * (1 - np.array([60, 70, 215], np.float32) / 255)


def _worn(paper: NDArray[np.float32], look: Look, rng: Any) -> Pixels:
    """Folds, light, skew or perspective and a bend, blur, noise, and the turn of the page."""
    height, width = paper.shape[:2]
    paper = paper * np.array([rng.uniform(0.86, 1.0), rng.uniform(0.94, 1.0), 1.0], np.float32)
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    shading = look.shading + (0.12 if look.is_photo else 0)
    light = 0.95 - shading * (rng.uniform(-1, 1) * x + rng.uniform(-1, 1) * y + 1)
    for n in range(look.n_folds):
        way, at = (x, rng.uniform(-0.5, 0.5)) if n % 2 == 0 else (y, rng.uniform(-0.5, 0.5))
        light -= 0.25 * np.exp(-(((way - at) / 0.002) ** 2)) + 0.06 * np.exp(-np.abs(way - at) / 0.05) * (way > at)
    paper *= light[..., None]
    margin = int(0.06 * width) if look.is_photo else int(0.01 * width)
    table = rng.uniform(60, 110, 3) if look.is_photo else np.array([250.0, 250.0, 250.0])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = np.radians(look.skew_deg * (2 if look.is_photo else 1))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    placed = (corners - (width / 2, height / 2)) @ rotation.T + (width / 2 + margin, height / 2 + margin)
    if look.is_photo:
        placed += rng.uniform(-0.035, 0.035, (4, 2)) * width
    matrix = cv2.getPerspectiveTransform(placed.astype(np.float32), corners)
    size = (width + 2 * margin, height + 2 * margin)
    grid = np.stack(np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)), -1)
    maps = cv2.perspectiveTransform(grid.reshape(-1, 1, 2), matrix).reshape(size[1], size[0], 2)
    if look.is_photo:
        bend = rng.uniform(0.002, 0.006) * height
        maps[..., 1] += bend * np.sin(np.pi * maps[..., 0] / width * rng.uniform(0.6, 1.2))
    seen = cv2.remap(paper, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_CONSTANT, borderValue=table.tolist())  # fmt: skip
    seen = cv2.GaussianBlur(seen, (0, 0), look.blur * look.dpi / 300 + 0.2)
    seen += rng.standard_normal(seen.shape, np.float32) * look.noise
    pixels = np.clip(seen, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(pixels, look.turned // 90))
