"""The server makes a backup a day by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gis_capture.server.daily_backup import RETRY, DailyBackup, last_backup
from gis_capture.workspace import Workspace
from gis_capture.workspace.backups import list_backups, verify_backup

SAMPLE = Path(__file__).parents[2] / "sample_data" / "ledgers" / "AED.csv"
NOON = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""12:00 in Japan."""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON - timedelta(hours=3)

    def __call__(self) -> str:
        """The time in UTC."""
        return f"{self.now:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def clock() -> Clock:
    """Nine in the morning."""
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Workspace:
    """A workspace with a ledger."""
    Workspace.create(tmp_path / "w", name="道路課").close()
    workspace = Workspace.open(tmp_path / "w")
    workspace.clock = clock
    workspace.convert(SAMPLE)
    return workspace


def test_one_is_made_after_the_hour_and_none_twice(opened: Workspace, clock: Clock) -> None:
    """A server that was off at noon makes up for it; the next one is due on the next day."""
    daily, made = DailyBackup(opened), []
    for hours in (0, 1, 3, 4, 20, 26, 27, 28, 60):
        clock.now = NOON + timedelta(hours=hours - 3)
        if daily.run_if_due():
            made.append(hours)

    assert made == [0, 3, 27, 60]
    assert all(verify_backup(one.path).n_features > 0 for one in list_backups(opened.backups_dir))


def test_an_empty_workspace_or_no_hour_makes_none(tmp_path: Path, opened: Workspace, clock: Clock) -> None:
    """Where there is nothing to keep, or the office does not want it."""
    Workspace.create(tmp_path / "empty", name="").close()
    with Workspace.open(tmp_path / "empty") as empty:
        empty.clock = clock
        assert DailyBackup(empty).run_if_due() is None
    opened.close()
    file = opened.path / "workspace.toml"
    file.write_text(file.read_text("utf-8").replace("[settings]", "[settings]\nbackup_hour = -1"), "utf-8")
    with Workspace.open(opened.path) as workspace:
        assert DailyBackup(workspace).run_if_due() is None and last_backup(workspace) is None


def test_it_goes_where_the_office_says_and_a_failure_is_tried_again(opened: Workspace, clock: Clock) -> None:
    """A disk that is not there is logged, not asked every minute, and found when it is back."""
    opened.close()
    file = opened.path / "workspace.toml"
    elsewhere = opened.path.parent / "disk" / "控え"
    text = file.read_text("utf-8").replace("created_at", f'backup_to = "{elsewhere.as_posix()}"\ncreated_at')
    file.write_text(text, "utf-8")
    elsewhere.parent.write_text("no folder")
    with Workspace.open(opened.path) as workspace:
        workspace.clock = clock
        daily = DailyBackup(workspace)
        assert daily.run_if_due() is None and daily.failed_at is not None
        elsewhere.parent.unlink()
        assert daily.run_if_due() is None
        clock.now += RETRY
        made = daily.run_if_due()

    assert made is not None and made.path.parent == elsewhere and daily.failed_at is None
