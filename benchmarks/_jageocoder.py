"""Answers of jageocoder for the same addresses: run by the interpreter of an environment that holds it.

Reads `{"towns": path of a CSV, "addresses": […]}` on standard input; writes `{"answers": [[level, name, lon, lat] or
null, …], "built_s", "searched_s"}`. Its dictionary is made of the same towns, by its own converter's classes.
"""

import csv
import gzip
import json
import re
import sys
import tempfile
import time
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

CITY = re.compile("(?:(.{1,5}?郡))?(?:(.+?市)(.{1,5}区)$|(.+)$)")
CHOME = re.compile("(.+?)([一二三四五六七八九十]+丁目)$")


def main() -> None:
    """Builds a dictionary in a folder that is thrown away, and asks it."""
    jageocoder = import_module("jageocoder")
    manage = import_module("jageocoder_converter.data_manager").DataManager
    asked = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        texts, made = Path(folder) / "texts", Path(folder) / "db"
        texts.mkdir()
        prefs = _write_texts(Path(asked["towns"]), texts, asked["prefs"])
        manager = manage(db_dir=str(made), text_dir=str(texts), targets=prefs)
        manager.write_datasets([])
        manager.register()
        manager.create_index()
        built_s = time.process_time() - started
        jageocoder.init(db_dir=str(made))
        started = time.process_time()
        answers = [_ask(jageocoder, address) for address in asked["addresses"]]
        searched_s = time.process_time() - started
    json.dump({"answers": answers, "built_s": built_s, "searched_s": searched_s}, sys.stdout)


def _ask(jageocoder: Any, address: str) -> list[Any] | None:
    found = jageocoder.searchNode(address)
    if not found:
        return None
    node = found[0].node
    return [int(node.level), "".join(node.get_fullname()), float(node.x), float(node.y)]


def _write_texts(towns: Path, folder: Path, prefs: list[str]) -> list[str]:
    """Writes the towns of some prefectures as its converters do; gives the numbers of the files."""
    lines: dict[str, list[str]] = defaultdict(list)
    with gzip.open(towns, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["pref"] not in prefs or not row["lon"]:
                continue
            county, city, ward, plain = re.findall(CITY, row["city"])[0]
            names = [(row["pref"], 1), (county, 2), (city or plain, 3), (ward, 4)]
            chome = CHOME.match(row["town"])
            names += [(chome[1], 5), (chome[2], 6)] if chome else [(row["town"], 5)]
            names.append((row["koaza"], 7 if chome else 6))
            text = ",".join(f"{name};{level}" for name, level in names if name)
            lines[row["pref"]].append(f"{text},!00,{row['lon']},{row['lat']},")
    for number, pref in enumerate(lines, 1):
        (folder / f"{number:02d}_towns.txt").write_text("\n".join(lines[pref]) + "\n", encoding="utf-8")
    return [f"{number:02d}" for number in range(1, len(lines) + 1)]


if __name__ == "__main__":
    main()
