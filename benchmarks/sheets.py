"""Field sheets back from the field: what share is known, how exactly they are laid flat, what is found of the marks.

Sheets are printed, drawn on, folded, torn and photographed by `tests.paper.marked`, from seeds that nothing was tuned
on; what was drawn is known. A sheet that is not recognised counts with all that was drawn on it; a mark that is taken
for a stamp is not found.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import shapely

from gis_capture.paper.marks import Mark, read_marks
from gis_capture.paper.pages import clean_page, read_pages
from gis_capture.paper.pen import find_ink
from gis_capture.paper.printing import BaseKind, Content, write_pdf
from gis_capture.paper.registration import PX_PER_MM, Pixels, lay_flat, look
from gis_capture.paper.sheet import FloatArray, Sheet, SheetFeature
from tests.paper.marked import MarkedSheet, Wear, mark_sheet

PRINT_PX_PER_MM = 10.0
FIRST_SEED = 52_000
SCALE = 500


@dataclass
class Tally:
    """What was found on all sheets."""

    known: Counter[str] = field(default_factory=Counter)
    sheets: Counter[str] = field(default_factory=Counter)
    errors_mm: list[float] = field(default_factory=list)
    told_mm: list[float] = field(default_factory=list)
    drawn: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    classed: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    touching: int = 0
    joined: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def a_printed_sheet(folder: Path, seed: int) -> tuple[Sheet, list[SheetFeature], Path]:
    """A sheet of A4 with streets, houses and 30 numbered points."""
    rng = np.random.default_rng(seed)
    sheet = Sheet(
        seed % 900 + 1, "ab12cd34", "EPSG:6675", 1000, 2000, SCALE, "A4", 7, "街路灯", "第1班", "", "2026-11-28"
    )
    width, height = 138.0, 78.0
    points = [shapely.Point(1003 + rng.random() * (width - 6), 1997 - rng.random() * (height - 6)) for _ in range(30)]
    features = [SheetFeature(n, "street_light", str(n), 1, f"街路灯 {n:03}", one) for n, one in enumerate(points, 1)]
    base: list[tuple[BaseKind, shapely.Geometry]] = []
    for _ in range(6):
        x, y, way = 1000 + rng.random() * width, 1922 + rng.random() * height, rng.uniform(0, np.pi)
        step = 150 * np.array([np.cos(way), np.sin(way)])
        base.append(("road", shapely.LineString([(x - step[0], y - step[1]), (x + step[0], y + step[1])])))
    for _ in range(25):
        x, y = 1000 + rng.random() * width, 1922 + rng.random() * height
        base.append(("building", shapely.box(x, y, x + rng.uniform(5, 12), y + rng.uniform(5, 12))))
    path = folder / f"{seed}.pdf"
    write_pdf(path, [(sheet, Content(features, base))])
    return sheet, features, path


def with_red_print(clean: Pixels, px_per_mm: float, seed: int) -> Pixels:
    """A sheet with red lines of its own, as a base map in colours has them."""
    rng, printed = np.random.default_rng(seed), clean.copy()
    height, width = clean.shape[:2]
    for _ in range(6):
        ends = rng.uniform(0.1, 0.9, (2, 2)) * (width, height)
        points = np.linspace(ends[0], ends[1], 12) + rng.normal(0, 1.5 * px_per_mm, (12, 2))
        cv2.polylines(
            printed, [points.round().astype(np.int32)], False, (70, 60, 225), round(0.5 * px_per_mm), cv2.LINE_AA
        )
    return printed


def wear_of(n: int, *, corner: int | None, n_seals: int) -> Wear:
    """Photographs and scans in turn, with folds, stamps and damaged codes."""
    return Wear(
        missing_corner=corner,
        is_qr_damaged=n % 4 == 3,
        has_stamp=n % 3 == 0,
        n_seals=n_seals,
        is_photo=n % 3 != 2,
        n_folds=n % 3,
        noise=(2.0, 4.0)[n % 2],
        jpeg_quality=(85, 65)[n % 2],
        long_edge_px=(3600, 4200, 2400)[n % 3],
    )


def judge(
    tally: Tally, made: MarkedSheet, sheet: Sheet, features: list[SheetFeature], clean: Pixels, scan: Path
) -> None:
    """Reads one picture and compares with what was drawn; `clean` is the sheet as printed, PX_PER_MM."""
    kind = "four markers" if made.wear.missing_corner is None else "three markers"
    tally.sheets[kind] += 1
    begun_s = time.perf_counter()
    (picture,) = read_pages(scan)
    seen = look(picture)
    low, high = seen.digits
    by_markers = None if low is None or high is None else high * 146 + low
    flat = lay_flat(picture, seen, clean, sheet.paper)
    if flat is None or sheet.number not in (by_markers, seen.qr[1] if seen.qr else None):
        tally.wrong.append(f"sheet {sheet.number} ({kind}): markers {sorted(seen.corners)}, {seen.qr}")
        tally.errors_mm += [np.inf] * len(made.grid_mm)
        compare(tally, made, [], str(sheet.number))
        return
    tally.known[kind] += 1
    tally.errors_mm += np.hypot(*(flat.to_paper(made.grid_px) - made.grid_mm).T).tolist()
    tally.told_mm.append(flat.error_mm or 0.0)
    frame = sheet.frame
    inks = find_ink(flat.pixels, clean, (frame.x, frame.y, frame.x + frame.width, frame.y + frame.height))
    marks = read_marks(inks, sheet, features)
    tally.seconds.append(time.perf_counter() - begun_s)
    compare(tally, made, marks, str(sheet.number))


def compare(tally: Tally, made: MarkedSheet, marks: list[Mark], name: str) -> None:
    """Pairs what was drawn, and the seals, with what was read by their boxes."""
    free = set(range(len(marks)))
    boxes = [shapely.box(*mark.box_mm) for mark in marks]

    def nearest(box: shapely.Geometry, *, is_stamp: bool) -> int | None:
        shares = {n: _overlap(box, boxes[n]) for n in free if (marks[n].kind == "stamp") == is_stamp}
        best = max(shares, key=lambda n: shares[n], default=None)
        return None if best is None or shares[best] < 0.5 else best

    for one in made.marks:
        tally.drawn[one.kind] += 1
        tally.touching += bool(one.touched)
        points = np.concatenate(one.strokes)
        best = nearest(shapely.box(*points.min(axis=0), *points.max(axis=0)), is_stamp=False)
        if best is None:
            tally.wrong.append(f"{name}: {one.kind} at {points.mean(axis=0).round()} not found")
            continue
        free.discard(best)
        mark = marks[best]
        tally.found[one.kind] += 1
        tally.read[mark.kind] += 1
        if mark.kind == one.kind:
            tally.classed[one.kind] += 1
        else:
            tally.wrong.append(f"{name}: {one.kind} at {points.mean(axis=0).round()} read as {mark.kind}")
        if one.touched:
            is_right = set(mark.numbers) == {n + 1 for n in one.touched}
            tally.joined += is_right
            if not is_right:
                tally.wrong.append(f"{name}: {one.kind} of {[n + 1 for n in one.touched]} joined to {mark.numbers}")
    for x, y, radius in made.seals:
        tally.drawn["stamp"] += 1
        best = nearest(shapely.box(x - radius, y - radius, x + radius, y + radius), is_stamp=True)
        if best is None:
            tally.wrong.append(f"{name}: stamp at {x:.0f} {y:.0f} not found")
            continue
        free.discard(best)
        for counts in (tally.found, tally.read, tally.classed):
            counts["stamp"] += 1
    for n in free:
        tally.read[marks[n].kind] += 1
        tally.wrong.append(f"{name}: {marks[n].kind} at {np.round(marks[n].box_mm)} where nothing was drawn")


def _overlap(one: shapely.Geometry, other: shapely.Geometry) -> float:
    one, other = shapely.buffer(one, 0.5), shapely.buffer(other, 0.5)
    return float(shapely.area(shapely.intersection(one, other)) / shapely.area(shapely.union(one, other)))


def run(n_sheets: int, first_seed: int, *, n_seals: int = 0, has_red_print: bool = False) -> Tally:
    """Makes and reads sheets, half of them with a corner missing."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for n in range(n_sheets):
            seed = first_seed + n
            sheet, features, pdf = a_printed_sheet(folder, seed)
            places: FloatArray = sheet.to_paper(
                np.array([shapely.get_coordinates(one.geometry)[0] for one in features])
            )
            fine, clean = clean_page(pdf, PRINT_PX_PER_MM), clean_page(pdf, PX_PER_MM)
            if has_red_print:
                fine = with_red_print(fine, PRINT_PX_PER_MM, seed)
                clean = cv2.resize(fine, clean.shape[1::-1], interpolation=cv2.INTER_AREA)
            wear = wear_of(n, corner=n // 2 % 4 if n % 2 else None, n_seals=n_seals)
            made = mark_sheet(fine, PRINT_PX_PER_MM, places, seed=seed, wear=wear)
            scan = folder / f"{seed}.jpg"
            scan.write_bytes(made.jpeg())
            judge(tally, made, sheet, features, clean, scan)
    return tally


def main(arguments: Sequence[str] = ()) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheets", description=__doc__)
    parser.add_argument("--sheets", type=int, default=40)
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument(
        "--seals", type=int, default=0, help="round seals on each sheet, beside the stamp of every third"
    )
    parser.add_argument("--red-print", action="store_true", help="red lines are printed on the sheets")
    parser.add_argument("--details", action="store_true", help="also what was wrong")
    options = parser.parse_args(arguments)
    tally = run(options.sheets, options.seed, n_seals=options.seals, has_red_print=options.red_print)
    for kind, n in sorted(tally.sheets.items()):
        print(f"known by {kind:<14} {tally.known[kind]} of {n}")
    errors = np.array(tally.errors_mm or [np.nan])
    median, most = np.median(errors), np.percentile(errors, 95, method="higher")
    print(f"laid flat: median {median:.3f} mm, 95 % within {most:.3f} mm; "
          f"on the ground at 1:{SCALE} {median * SCALE / 1000:.3f} m and {most * SCALE / 1000:.3f} m")  # fmt: skip
    print(f"error told: median {np.median(tally.told_mm or [np.nan]):.3f} mm")
    for kind, n in sorted(tally.drawn.items()):
        right, read = tally.classed[kind], max(tally.read[kind], 1)
        print(f"{kind:<8} drawn {n:>3}  found {tally.found[kind] / n:6.1%}  class right {right / n:6.1%}"
              f"  precision {right / read:6.1%}")  # fmt: skip
    drawn, read, found, classed = (
        sum(n for kind, n in counts.items() if kind != "stamp")
        for counts in (tally.drawn, tally.read, tally.found, tally.classed)
    )
    print(f"all marks without stamps: recall {found / max(drawn, 1):.1%}, precision {found / max(read, 1):.1%}, "
          f"class right {classed / max(drawn, 1):.1%}")  # fmt: skip
    print(f"joined rightly: {tally.joined} of all {tally.touching} drawn that touch a feature")
    if tally.seconds:
        print(f"seconds a sheet: median {np.median(tally.seconds):.1f}")
    if options.details:
        print("\n".join(tally.wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
