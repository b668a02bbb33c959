"""The benchmark of raster tiles asks for tiles that are there, of the archive and of the COG."""

from unittest import mock

import pytest

from benchmarks import raster


def test_tiles_of_both_are_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every tile has a block of the COG; without peers there is no ratio."""
    monkeypatch.setenv("BENCHMARK_EDGE_PX", "2048")
    with mock.patch.object(raster, "_peers", return_value={}):
        raster.main()
    told = capsys.readouterr().out

    n_tiles, n_all = (int(word) for word in told.split(" tiles are blocks")[0].split("\n")[-1].split(" of "))
    assert 0 < n_tiles == n_all
    assert all(f"\n{name} " in told for name in ("ours, request", "ours, archive", "block of the COG as it lies"))
