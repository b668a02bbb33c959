"""The option --layout that `inspect` and `convert` share."""

from pathlib import Path

import click

from gis_capture.cli.language import option
from gis_capture.text import Text

layout_option = option(
    "--layout",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help=Text(
        "固定長レコードのレイアウト(TOML)。省くと、台帳と同じ名前の .toml を使います。",
        "Layout (TOML) of records of a fixed length; by default the .toml beside the file, if it is one.",
    ),
)
