"""What is measured as a tile that is not cached is none."""

import importlib
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks._points import TILES, make_points
from benchmarks._serving import LAYER, answer
from gis_capture.server import create_app, kept_answers
from gis_capture.tiles import TileService, service


def test_each_tile_is_encoded_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However soon it is asked for again; `gis-capture` itself keeps it."""
    # Put back afterwards, whatever the module makes of them.
    monkeypatch.setattr(service, "CACHE_BYTES", service.CACHE_BYTES)
    monkeypatch.setattr(kept_answers, "HELD_S", 60.0)
    with (
        make_points(tmp_path / "w", 100) as workspace,
        patch.object(TileService, "encode", autospec=True, side_effect=TileService.encode) as encode,
    ):
        for tile, n_encoded in zip(TILES, (1, 3), strict=False):
            app = create_app(workspace)
            encode.reset_mock()
            assert len({answer(app, "/tiles/{}/{}/{}/{}.mvt".format(LAYER, *tile)) for _ in range(3)}) == 1
            assert encode.call_count == n_encoded
            importlib.import_module("benchmarks._keeping_nothing")
