"""Settings come from the file and the environment, typed, and unknown names are told."""

from pathlib import Path

import pytest

from gis_capture.errors import WorkspaceError
from gis_capture.settings import SETTINGS, Settings, read_settings


def test_nothing_given_gives_the_defaults() -> None:
    """An empty file and environment give the table's defaults."""
    settings = read_settings({}, {"PATH": "/bin", "GIS_CAPTURE_LANGUAGE": "en"})

    assert settings == Settings()
    assert [getattr(settings, setting.name) for setting in SETTINGS] == [setting.default for setting in SETTINGS]


def test_environment_wins_over_the_file() -> None:
    """A variable overrides workspace.toml, and its text becomes a number."""
    settings = read_settings(
        {"blocking_threads": 3, "direct_edit_interval_s": 1}, {"GIS_CAPTURE_BLOCKING_THREADS": " 5 "}
    )

    assert (settings.blocking_threads, settings.direct_edit_interval_s) == (5, 1.0)
    assert isinstance(settings.direct_edit_interval_s, float)


@pytest.mark.parametrize(
    ("table", "environ", "named"),
    [
        ({"max_uplod_bytes": 1}, {}, "max_upload_bytes"),
        ({}, {"GIS_CAPTURE_MAX_UPLOD_BYTES": "1"}, "max_upload_bytes"),
        ({"zzz": 1}, {}, "zzz"),
    ],
)
def test_unknown_names_are_told(table: dict[str, object], environ: dict[str, str], named: str) -> None:
    """A slip in a name is not ignored; the nearest name is offered."""
    with pytest.raises(WorkspaceError) as caught:
        read_settings(table, environ)

    assert named in caught.value.message.ja and named in caught.value.message.en


@pytest.mark.parametrize("value", [0, -1, "many", "1.5", True, None, 2.5, float("nan")])
def test_values_that_do_not_fit_are_refused(value: object) -> None:
    """Whole numbers of at least one: everything else names the setting."""
    with pytest.raises(WorkspaceError, match="blocking_threads"):
        read_settings({"blocking_threads": value}, {})


def test_every_setting_is_explained() -> None:
    """The help is the documentation, in both languages."""
    assert all(setting.help.ja and setting.help.en and setting.default >= setting.least for setting in SETTINGS)


def test_the_page_of_settings_tells_what_there_is() -> None:
    """docs/settings.md has one row for each setting, with its default and help."""
    page = (Path(__file__).resolve().parent.parent / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [f"| `{one.name}` | {one.default_words} | {one.help.ja} | {one.help.en} |" for one in SETTINGS]

    assert rows == expected


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("true", True), (" 1 ", True), ("Off", False)])
def test_a_truth_value_is_read_from_file_and_environment(value: object, expected: bool) -> None:
    """TOML has true and false, the environment their words."""
    assert read_settings({"shares_personal_fields": value}, {}).shares_personal_fields is expected


@pytest.mark.parametrize("value", ["yes please", "", 2, None])
def test_what_is_no_truth_value_is_refused(value: object) -> None:
    """Personal data is not given away by a slip."""
    with pytest.raises(WorkspaceError, match="shares_personal_fields"):
        read_settings({"shares_personal_fields": value}, {})
