"""The documentation names what there is."""

import re
from pathlib import Path

import click
import pytest

import gis_capture
from gis_capture.cli import COMMANDS, cli
from gis_capture.cli.language import Command, Group
from scripts.problems_page import page

CHECKOUT_DIR = Path(__file__).resolve().parent.parent.parent
READMES = ("README.md", "README.ja.md")


def read(name: str) -> str:
    """Reads a file of the checkout."""
    return (CHECKOUT_DIR / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_readme_starts_with_the_two_commands(readme: str) -> None:
    """Both READMEs give the command to try it and the command to test it, in this order."""
    text = read(readme)

    assert (
        0
        < text.index("pip install uv && uv run gis-capture demo")
        < text.index("pip install uv && uv run --group dev just test")
    )


def test_ci_runs_the_test_command_of_the_readme() -> None:
    """CI calls the test command word for word."""
    assert "\npip install uv && uv run --group dev just test\n" in read(".ci/run")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_in_both_languages(name: str) -> None:
    """A command and each of its options say what they do in Japanese and in English."""
    context = click.Context(cli)
    command = cli.get_command(context, name)

    assert isinstance(command, Command | Group)
    assert command.words.ja and command.words.en
    for language in ("ja", "en"):
        context.meta["language"] = language
        records = [
            option.get_help_record(click.Context(command, parent=context))
            for option in command.params
            if isinstance(option, click.Option)
        ]
        assert all(record and record[1] for record in records)


@pytest.mark.parametrize("readme", READMES)
def test_python_example_of_the_readme_runs(readme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example of the Python API is run as it stands, and its edit is in the layer."""
    example = re.search(r"```python\n(.*?)```", read(readme), re.DOTALL)
    assert example
    monkeypatch.chdir(tmp_path)
    code = example.group(1).replace("sample_data/", f"{CHECKOUT_DIR.as_posix()}/sample_data/")

    names: dict[str, object] = {}
    exec(compile(code, readme, "exec"), names)

    with gis_capture.open_workspace("city") as workspace:
        notes = workspace.read_layer("fire_hydrant")["inspection_note"]
    assert list(notes.dropna()) == ["蓋が固い"]


def test_public_names_are_sorted_and_exist() -> None:
    """`__all__` is sorted and complete."""
    assert list(gis_capture.__all__) == sorted(gis_capture.__all__)
    assert all(getattr(gis_capture, name) for name in gis_capture.__all__)


@pytest.mark.parametrize(
    "part", ["model", "ledger", "locate", "convert", "store", "sync", "tiles", "report", "server", "cli"]
)
def test_architecture_names_every_part(part: str) -> None:
    """Each part of the package stands in the table of rooms."""
    assert f"`{part}/`" in read("docs/architecture.md")


def test_every_problem_code_is_documented() -> None:
    """`docs/problems.md` is what the script makes of the codes in the source."""
    assert read("docs/problems.md") == page()
