"""What reads the letters of a cell. Two engines come with us; an office can add others.

An engine is a class without arguments for its maker, offered by any installed package as an entry point of the group
`gis_capture.text_engines`. It is asked for all cells of a page at once and answers in their order:

    [project.entry-points."gis_capture.text_engines"]
    ndlocr-lite = "our_package:NdlocrLite"
"""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from gis_capture.cores import all_cores
from gis_capture.errors import ResourceError
from gis_capture.paper import codes
from gis_capture.paper.ledgers.letters import is_japanese
from gis_capture.paper.ledgers.straighten import Pixels
from gis_capture.paper.ledgers.table import Reading
from gis_capture.text import Text

GROUP = "gis_capture.text_engines"
N_THREADS = 2


class Engine(Protocol):
    """Reads single lines of text.

    Attributes:
        name: Under which its readings are kept.
    """

    name: str

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Reads pictures of one line each: gray, dark on white, a margin around the letters; "" for what it cannot."""
        ...


class PaddleEngine:
    """PP-OCRv6, recognition only; the model is in the wheel of `rapidocr`, whose code is not run."""

    name = "rapidocr"
    _HEIGHT, _BATCH = 48, 16

    def __init__(self) -> None:
        """Opens the model.

        Raises:
            ResourceError: It is not installed.
        """
        import onnxruntime

        spec = find_spec("rapidocr")
        models = [*Path(spec.origin).parent.glob("models/*_rec_*.onnx")] if spec and spec.origin else []
        if not models:
            raise _missing("rapidocr", "pip install 'gis-capture[paper]'")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = N_THREADS
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(models[0], options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        letters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        # Before the letters stands "nothing", after them the space.
        self._letters = ["", *letters, " "]
        self._is_barred = np.array([not is_japanese(one) for one in self._letters])
        self._is_barred[[0, -1]] = False

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Reads lines, those of like width together."""
        found: list[Reading] = [Reading(self.name, "", 0.0)] * len(lines)
        scaled = [_of_height(one, self._HEIGHT) for one in lines]
        order = sorted(range(len(lines)), key=lambda n: scaled[n].shape[1])
        for start in range(0, len(order), self._BATCH):
            some = order[start : start + self._BATCH]
            width = max(max(scaled[n].shape[1] for n in some), 48)
            batch = np.ones((len(some), 3, self._HEIGHT, width), np.float32)
            for place, n in enumerate(some):
                batch[place, :, :, : scaled[n].shape[1]] = scaled[n].astype(np.float32) / 127.5 - 1
            outputs: NDArray[np.float32] = self._session.run(None, {self._input: batch})[0]
            outputs[:, :, self._is_barred] = 0
            for n, one in zip(some, outputs, strict=True):
                found[n] = self._decoded(one)
        return found

    def _decoded(self, steps: NDArray[np.float32]) -> Reading:
        best = steps.argmax(axis=1)
        is_new = (best != 0) & (best != np.concatenate([[-1], best[:-1]]))
        sure = steps[np.arange(len(best)), best][is_new]
        text = "".join(self._letters[n] for n in best[is_new]).strip()
        return Reading(self.name, text, round(float(sure.min()), 4) if len(sure) else 0.0)


class TesseractEngine:
    """Tesseract with its Japanese data, as installed on this computer; one call of the program for all lines."""

    name = "tesseract"
    _HEIGHT, _MARGIN, _PATIENCE_S = 40, 12, 120

    def __init__(self) -> None:
        """Looks for the program.

        Raises:
            ResourceError: It is not installed, or knows no Japanese.
        """
        windows = Path(r"C:\Program Files\Tesseract-OCR\tesseract.exe")
        self._program = shutil.which("tesseract") or (str(windows) if windows.is_file() else None)
        if self._program is None or "jpn" not in self._run(["--list-langs"]).split():
            raise _missing("tesseract", "apt install tesseract-ocr tesseract-ocr-jpn")

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Reads lines, half of them on each core."""
        halves = [lines[n::N_THREADS] for n in range(N_THREADS)]
        with tempfile.TemporaryDirectory() as folder:
            running = [self._start(half, Path(folder), n) for n, half in enumerate(halves) if half]
            answers: list[list[Reading]] = []
            try:
                for child, half in zip(running, (half for half in halves if half), strict=True):
                    out, _ = child.communicate(timeout=self._PATIENCE_S)
                    answers.append(self._readings(out.decode("utf-8", "replace"), len(half)))
            finally:
                for child in running:
                    if child.poll() is None:
                        child.kill()
                        child.wait()
        found = [Reading(self.name, "", 0.0)] * len(lines)
        for n, answer in enumerate(answers):
            found[n::N_THREADS] = answer
        return found

    def _start(self, lines: Sequence[Pixels], folder: Path, part: int) -> "subprocess.Popen[bytes]":
        names = []
        for n, line in enumerate(lines):
            scaled = _of_height(line, self._HEIGHT)
            framed = with_margin(scaled, self._MARGIN)
            names.append(folder / f"{part}-{n}.png")
            names[-1].write_bytes(cv2.imencode(".png", framed)[1].tobytes())
        listing = folder / f"{part}.txt"
        listing.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
        assert self._program is not None
        command = [self._program, str(listing), "stdout", "-l", "jpn", "--psm", "7", "--dpi", "300", "tsv"]
        with all_cores():
            return subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_single_threaded(), cwd=folder
            )

    def _readings(self, table: str, n_lines: int) -> list[Reading]:
        texts: list[list[str]] = [[] for _ in range(n_lines)]
        sure = [100.0] * n_lines
        for row in table.splitlines():
            values = row.split("\t")
            if len(values) < 12 or values[0] != "5" or not values[1].isdigit():
                continue
            page = int(values[1]) - 1
            if 0 <= page < n_lines and values[11].strip():
                texts[page].append(values[11])
                sure[page] = min(sure[page], float(values[10]))
        return [
            Reading(self.name, " ".join(words), round(max(least, 0) / 100, 4) if words else 0.0)
            for words, least in zip(texts, sure, strict=True)
        ]

    def _run(self, arguments: list[str]) -> str:
        try:
            done = subprocess.run(
                [str(self._program), *arguments], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return (done.stdout + done.stderr).decode("utf-8", "replace")


def open_engines() -> list[Engine]:
    """Opens the engines that are there: ours, then those of other packages.

    Raises:
        ResourceError: There is none.
    """
    found: list[Engine] = []
    missing: ResourceError | None = None
    makers: list[Any] = [PaddleEngine, TesseractEngine, *(one.load for one in entry_points(group=GROUP))]
    for maker in makers:
        try:
            made = maker()
            found.append(made() if isinstance(made, type) else made)
        except ResourceError as error:
            missing = error
    if not found and missing is not None:
        raise missing
    return found


def with_margin(line: Pixels, margin: int) -> Pixels:
    """A picture with white around it."""
    framed: Pixels = cv2.copyMakeBorder(line, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255)
    return framed


def _of_height(line: Pixels, height: int) -> Pixels:
    width = min(max(round(line.shape[1] * height / max(line.shape[0], 1)), 8), 3_200)
    scaled: Pixels = cv2.resize(
        line, (width, height), interpolation=cv2.INTER_AREA if line.shape[0] > height else cv2.INTER_CUBIC
    )
    return scaled


def _single_threaded() -> dict[str, str]:
    import os

    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _missing(name: str, remedy: str) -> ResourceError:
    return ResourceError(
        Text(
            f"文字認識エンジン「{name}」がありません。「{remedy}」で入れてください。",
            f'The engine "{name}" that reads letters is not installed: {remedy}.',
        ),
        code=codes.TEXT_ENGINE_MISSING,
    )
