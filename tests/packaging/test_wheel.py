"""The built package holds what an installation needs."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT_DIR = Path(__file__).resolve().parent.parent.parent
SOURCES = (
    "gis_capture",
    "layers",
    "sample_data",
    "scripts",
    "hatch_build.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the checkout whose path has a space and Japanese characters."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("needs uv, which the test command of the README brings")
    copy = tmp_path_factory.mktemp("作業 フォルダー")
    for name in SOURCES:
        source = CHECKOUT_DIR / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    shutil.copytree(CHECKOUT_DIR / "web" / "dist", copy / "web" / "dist")
    environment = os.environ | {"GIS_CAPTURE_WEB": "prebuilt"}
    command = [uv, "build", "--quiet", "--wheel", "--out-dir", str(copy / "out"), str(copy)]
    subprocess.run(command, check=True, env=environment)
    return next((copy / "out").glob("*.whl"))


@pytest.mark.packaging
def test_wheel_holds_definitions_samples_and_web_app(wheel: Path) -> None:
    """The wheel carries definitions, sample ledgers and the built web app, all inside the one package."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "gis_capture/layers/fire_hydrant/layer.toml" in names
    assert "gis_capture/static/tablet/index.html" in names
    assert "gis_capture/report/html_map.html" in names
    assert {f"gis_capture/static/leaflet/{name}" for name in ("leaflet.js", "leaflet.css", "LICENSE")} <= set(names)
    assert any(name.startswith("gis_capture/sample_data/ledgers/") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"gis_capture"}


@pytest.mark.packaging
def test_installed_package_finds_its_parts(wheel: Path, tmp_path: Path) -> None:
    """Away from the checkout, the installed package lists its layers from the wheel."""
    environment_dir = tmp_path / "環境 1"
    venv.create(environment_dir, with_pip=False, system_site_packages=False)
    site = next(environment_dir.glob("lib/python*/site-packages"), environment_dir / "Lib" / "site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    dependencies = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    code = (
        "import sys; sys.path.append(sys.argv[1])\n"
        "from gis_capture.definitions import read_layers\n"
        "from gis_capture.resources import layers_dir, static_dir\n"
        "assert static_dir().is_dir()\n"
        "print(layers_dir(), len(read_layers(layers_dir())))\n"
    )
    python = environment_dir / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = [str(python), "-c", code, str(dependencies)]
    printed = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.split()

    assert Path(" ".join(printed[:-1])).is_relative_to(site)
    assert int(printed[-1]) >= 11
