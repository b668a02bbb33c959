"""Damages sources and reads them, one after the other; what fails is kept with its seed.

`python -m tests.ledger.fuzz.campaign --seed 7 --minutes 30` runs long; `--replay FILE` reads one kept input again.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.ledger.fuzz.mutations import mutate
from tests.ledger.fuzz.reader import Reader, Verdict
from tests.ledger.fuzz.seeds import write_seeds

_CHECKOUT = Path(__file__).resolve().parents[3]
_MAX_BYTES = 400_000
_MAX_FAILURES = 40


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that broke the promise, and where it is kept."""

    seed: int
    source: Path
    verdict: Verdict
    kept: Path


def corpus(folders: Iterable[Path]) -> list[Path]:
    """Sources worth damaging: every file that is not large, in a stable order."""
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size <= _MAX_BYTES and path.suffix not in (".md", ".py", ".pyc")
    )


def run(
    sources: Sequence[Path], *, seeds: Iterable[int], keep_in: Path, tell: Callable[[str], None] = print
) -> tuple[Counter[str], list[Failure]]:
    """Reads one damaged source per seed; gives how many ended how, and the failures."""
    outcomes: Counter[str] = Counter()
    failures: list[Failure] = []
    reader = Reader()
    try:
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                source, path = damage(sources, seed, Path(folder))
                verdict = reader.read(path)
                outcomes[verdict.outcome] += 1
                if verdict.is_failure:
                    kept = keep_in / f"{seed}-{verdict.outcome}"
                    shutil.copytree(folder, kept, dirs_exist_ok=True)
                    failures.append(Failure(seed, source, verdict, kept / path.name))
                    tell(f"{seed} {verdict.outcome} {source.name}\n{verdict.detail}\n  replay: {kept / path.name}")
                    if len(failures) >= _MAX_FAILURES:
                        break
    finally:
        reader.close()
    return outcomes, failures


def damage(sources: Sequence[Path], seed: int, folder: Path) -> tuple[Path, Path]:
    """Writes the damaged source of a seed into a folder, with the parts that belong to it."""
    chance = random.Random(seed)
    source = chance.choice(sources)
    parts = [part for part in source.parent.glob(f"{source.stem}.*") if part.is_file()]
    if source.suffix.lower() in (".shp", ".dbf", ".shx", ".cpg", ".prj", ".toml", ".dat", ".cpy"):
        for part in parts:
            shutil.copyfile(part, folder / part.name)
    others = [chance.choice(sources).read_bytes() for _ in range(2)]
    data = mutate(source.read_bytes(), others, chance)
    if chance.random() < 0.1:
        (folder / source.name).write_bytes(data)
        name = f"x{chance.choice(('.xlsx', '.csv', '.dbf', '.xls', ''))}"
        (folder / name).write_bytes(data)
        return source, folder / name
    (folder / source.name).write_bytes(data)
    main = source.with_suffix(".dat" if source.suffix.lower() in (".toml", ".cpy") else ".shp")
    is_part = source.suffix.lower() in (".dbf", ".shx", ".cpg", ".prj", ".toml", ".cpy") and main.exists()
    return source, folder / (main.name if is_part else source.name)


def _timed(first: int, minutes: float) -> Iterator[int]:
    end = time.monotonic() + minutes * 60
    seed = first
    while time.monotonic() < end:
        yield seed
        seed += 1


def main() -> int:
    """Runs for some minutes, or replays one input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--replay", type=Path)
    parser.add_argument("--keep-in", type=Path, default=_CHECKOUT / "artifacts" / "fuzz")
    arguments = parser.parse_args()
    if arguments.replay:
        reader = Reader()
        verdict = reader.read(arguments.replay.resolve())
        reader.close()
        print(verdict.outcome, verdict.detail, sep="\n")
        return int(verdict.is_failure)
    folders = [_CHECKOUT / "sample_data", _CHECKOUT.parent / "shared" / "corpus"]
    with tempfile.TemporaryDirectory() as made:
        folders.append(write_seeds(Path(made)))
        sources = corpus(folder for folder in folders if folder.is_dir())
        outcomes, failures = run(sources, seeds=_timed(arguments.seed, arguments.minutes), keep_in=arguments.keep_in)
    print(dict(outcomes), f"{len(failures)} failures")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
