"""`gis-capture layers --add`."""

from pathlib import Path

import pytest

from gis_capture.cli import main
from gis_capture.workspace import Workspace

DEFINITION = """
format = "gis-capture.layer/v1"
key = "bench"
definition_version = 1
title = { ja = "ベンチ", en = "Benches" }
geometry_type = "Point"
crs = "EPSG:6668"
label = "{number}"
[[fields]]
field_id = "bench.number"
name = "number"
title = { ja = "番号", en = "Number" }
type = "text"
"""


def run(*arguments: str) -> int:
    """Runs a command; gives its exit code."""
    with pytest.raises(SystemExit) as stop:
        main(list(arguments))
    return int(stop.value.code or 0)


def test_empty_layers_are_made_of_keys_and_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And they are listed with no features."""
    folder, own = str(tmp_path / "w"), tmp_path / "bench"
    Workspace.create(tmp_path / "w").close()
    own.mkdir()
    (own / "layer.toml").write_text(DEFINITION, encoding="utf-8")

    assert run("layers", "--workspace", folder, "--add", "fire_hydrant", "--add", str(own)) == 0

    assert "ベンチ  0 件" in capsys.readouterr().out
    with Workspace.open(tmp_path / "w") as workspace:
        assert [layer.key for layer in workspace.store.layers()] == ["fire_hydrant", "bench"]


def test_a_layer_that_nobody_knows_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys that there are are named."""
    Workspace.create(tmp_path / "w").close()

    assert run("layers", "--workspace", str(tmp_path / "w"), "--add", "fire_hidrant") == 1
    assert "fire_hydrant" in capsys.readouterr().err
