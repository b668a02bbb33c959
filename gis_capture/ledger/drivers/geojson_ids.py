"""Ids of GeoJSON features, which stand beside the properties: of mixed ones and of numbers GDAL gives no column."""

import json
import mmap
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gis_capture.ledger.drivers.cells import number_text
from gis_capture.ledger.drivers.gdal import GdalLayer

_MEMBER = re.compile(rb'"id"\s*:')
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,\x1e]*")
_CHUNK_CHARS = 1 << 20


def with_ids(path: Path, layer: GdalLayer) -> GdalLayer:
    """Gives the layer of a file in UTF-8 with a column of the ids, where GDAL has not kept them.

    Numbers that only count the features are left out: they are the row numbers.
    """
    if not _has_ids(path):
        return layer
    ids = list(_ids(path))
    n_rows = len(layer.fids)
    count = any(ids == [str(n) for n in range(first, first + n_rows)] for first in (0, 1))
    if count or len(ids) != n_rows or not any(ids):
        return layer
    if "id" in layer.names and all(
        mine is None or mine == str(theirs)
        for mine, theirs in zip(ids, layer.arrays[layer.names.index("id")], strict=True)
    ):
        return layer
    name = "feature/id" if "id" in layer.names else "id"
    return replace(layer, names=[name, *layer.names], arrays=[np.array(ids, dtype=object), *layer.arrays])


def _has_ids(path: Path) -> bool:
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return _MEMBER.search(content) is not None


def _ids(path: Path) -> Iterator[str | None]:
    """One id per feature; ends where the text does, or is no JSON any more."""
    for feature in _features(path):
        value = feature.get("id")
        if value is None or isinstance(value, str):
            yield value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield number_text(value)
        else:
            yield json.dumps(value, ensure_ascii=False)


def _features(path: Path) -> Iterator[dict[str, Any]]:
    """One feature after the other, so that no more than one has to be in memory."""
    decode = json.JSONDecoder().raw_decode
    n_chars = _CHUNK_CHARS
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        text = file.read(n_chars)
        start = _FEATURES.search(text)
        at = start.end() if start else 0
        while True:
            between = _BETWEEN.match(text, at)
            at = between.end() if between else at
            try:
                value, at = decode(text, at)
            except RecursionError:
                return
            except ValueError:
                # The piece ends within a feature, or the list ends; a long feature takes few attempts.
                more = "" if text.startswith("]", at) else file.read(n_chars)
                if not more:
                    return
                text, at, n_chars = text[at:] + more, 0, n_chars * 2
                continue
            n_chars = _CHUNK_CHARS
            if isinstance(value, dict):
                yield value
