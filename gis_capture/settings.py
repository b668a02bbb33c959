"""What an office can set: in `workspace.toml` under `[settings]`, or in the environment as GIS_CAPTURE_<NAME>.

The environment wins over the file, the file over the default. Units stand in the names.
"""

import difflib
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gis_capture.errors import WorkspaceError
from gis_capture.text import Text

PREFIX = "GIS_CAPTURE_"
# Read elsewhere, before there is a workspace: the command line, the build, the tests.
OTHER_VARIABLES = frozenset({"BROWSER", "FONT", "LANGUAGE", "STORE", "TEST_POSTGRES", "WEB"})


_TRUTH = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


def _setting(default: float, *, least: float = 0, most: float = math.inf, ja: str, en: str) -> Any:
    return field(default=default, metadata={"least": least, "most": most, "help": Text(ja, en)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Typed values of all settings."""

    blocking_threads: int = _setting(
        8, least=1, ja="同時に処理する要求の数。", en="How many requests are worked on at once."
    )
    workers: int = _setting(
        1,
        least=1,
        most=64,
        ja="同時に動かすサーバーのプロセスの数(Linux、macOS)。端末が多いときは CPU の数まで増やします。",
        en="Processes that serve (Linux, macOS); for many tablets as many as there are processors.",
    )
    slow_client_s: float = _setting(
        30.0,
        least=3,
        ja="通信がほとんど進まない端末との接続を切るまでの時間(秒)。",
        en="Seconds after which a client that moves hardly a byte is cut off.",
    )
    direct_edit_interval_s: float = _setting(
        2.0,
        least=0,
        ja="QGIS などでの直接編集を取り込めなかったとき、もう一度試すまでの時間(秒)。ふだんは要求のたびに確かめます。",
        en="Seconds until direct edits that could not be taken in are tried again; every request looks for them.",
    )
    max_upload_bytes: int = _setting(
        1_000_000_000, least=1, ja="一度に取り込める台帳の大きさ(バイト)。", en="Largest ledger that can be uploaded."
    )
    max_body_bytes: int = _setting(
        64_000_000,
        least=1_000,
        ja="タブレットから一度に受け取る量の上限(バイト、展開後)。",
        en="Largest message or piece of a photo that is taken at once, after unpacking.",
    )
    max_attachment_bytes: int = _setting(
        200_000_000, least=1, ja="写真・添付ファイル1つの大きさの上限(バイト)。", en="Largest photo or attachment."
    )
    page_features: int = _setting(
        1_000, least=1, ja="一度に返す地物の数(指定がないとき)。", en="Features per page when none are asked for."
    )
    max_page_features: int = _setting(
        10_000, least=1, ja="一度に返す地物の数の上限。", en="Most features that one page holds."
    )
    max_tile_features: int = _setting(
        4_000,
        least=1,
        ja="地図タイル1枚に描く1レイヤーの地物の数。超えると間引きます。",
        en="Features of one layer in one map tile; beyond it they are thinned out.",
    )
    max_ledger_bytes: int = _setting(
        2 << 30, least=1, ja="読み取る台帳の大きさの上限(バイト)。", en="Largest ledger that is read."
    )
    max_ledger_unpacked_bytes: int = _setting(
        1 << 30,
        least=1,
        ja="圧縮された台帳(xlsx、zip など)を展開した大きさの上限(バイト)。",
        en="What a packed ledger (xlsx, zip and others) may unpack to.",
    )
    max_unpacked_ratio: int = _setting(
        200,
        least=1,
        ja="圧縮された台帳が何倍に膨らんでよいか(50 MB を超える場合)。",
        en="How many times its packed size a packed ledger may unpack to, from 50 MB on.",
    )
    max_ledger_files: int = _setting(
        5_000, least=1, ja="zip・フォルダーの中のファイルの数の上限。", en="Most files in a zip file or a folder."
    )
    max_ledger_rows: int = _setting(5_000_000, least=1, ja="1つの表の行の数の上限。", en="Most rows of one table.")
    max_ledger_cells: int = _setting(60_000_000, least=1, ja="1つの表のセルの数の上限。", en="Most cells of one table.")
    max_sheet_cells: int = _setting(
        25_000_000, least=1, ja="Excel などの1つのシートのセルの数の上限。", en="Most cells of one sheet of a workbook."
    )
    max_cell_chars: int = _setting(
        200_000, least=1, ja="1つのセルの文字数の上限。", en="Most characters of one cell of a text file."
    )
    max_drawing_bytes: int = _setting(
        40 << 20,
        least=1,
        ja="図面(DXF、SXF)と地図XMLの大きさの上限(バイト)。全体をメモリーに読み込むものです。",
        en="Largest drawing (DXF, SXF) or map XML; these have to be in memory as a whole.",
    )
    max_ledger_pages: int = _setting(2_000, least=1, ja="PDF のページ数の上限。", en="Most pages of a PDF.")
    max_reading_s: int = _setting(
        600,
        least=1,
        ja="PDF・Access などの読み取りにかける時間の上限(秒)。小さなファイルではこれより早く打ち切ります。",
        en="Seconds that reading a PDF or an Access database may take; a small file is given up sooner.",
    )
    max_raster_pixels: int = _setting(
        4_000_000_000,
        least=1,
        ja="地図の背景にする画像1枚の画素の数の上限。",
        en="Most pixels of one picture that becomes a layer of the map.",
    )
    preview_rows: int = _setting(
        50, least=1, ja="取り込み前に見せる行の数。", en="Rows shown before a ledger is brought in."
    )
    backups_kept: int = _setting(
        30,
        least=0,
        ja="控えを新しい順にいくつ残すか。0 ならすべて残します。",
        en="Backups that stay, newest first; 0 = all.",
    )
    session_idle_s: float = _setting(
        14_400,
        least=60,
        ja="サインインしたまま使わずにいられる時間(秒)。過ぎるとサインインし直します。",
        en="Seconds that a person stays signed in without doing anything.",
    )
    session_s: float = _setting(
        43_200, least=60, ja="サインインが続く時間の上限(秒)。", en="Seconds that a person stays signed in at most."
    )
    backup_hour: int = _setting(
        12,
        least=-1,
        most=23,
        ja="毎日の控えを自動で作る時刻(0〜23 時)。止まっていたときは次の起動のあとに作ります。-1 なら作りません。",
        en="Hour at which a backup is made every day (0–23), or as soon after it as the server runs; -1 = none.",
    )
    shares_personal_fields: bool = _setting(
        False,
        ja="個人情報の項目を全員とタブレットに渡すか。false なら見てよいとした利用者だけに。",
        en="Whether fields with personal data go to everybody and to tablets; if not, to those who may see them.",
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    name: str
    default: int | float
    least: int | float
    most: int | float
    help: Text

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper()

    @property
    def default_words(self) -> str:
        """The default as the page of settings shows it."""
        return str(self.default).lower() if isinstance(self.default, bool) else f"{self.default:,}"

    def read(self, value: object) -> int | float:
        """Makes a typed value of a number or a truth value, or of the text of one.

        Raises:
            WorkspaceError: Not a value of the right type, or too small.
        """
        kind = type(self.default)
        if kind is bool:
            return self._read_truth(value)
        try:
            if isinstance(value, str):
                value = kind(value.strip())
            if isinstance(value, bool) or not isinstance(value, int | kind) or not self._fits(value):
                raise ValueError
        except ValueError:
            is_bound = self.most < math.inf
            ja = f"{self.least:,}〜{self.most:,} の数" if is_bound else f"{self.least:,} 以上の数"
            en = f"from {self.least:,} to {self.most:,}" if is_bound else f"of at least {self.least:,}"
            raise WorkspaceError(
                Text(
                    f"設定「{self.name}」の値「{value}」が正しくありません。{ja}にしてください。",
                    f'"{value}" is no value for the setting {self.name}: give a number {en}.',
                ),
                code="setting_unfit",
                setting=self.name,
            ) from None
        return kind(value)

    def _fits(self, value: float) -> bool:
        return self.least <= value <= self.most and value < math.inf

    def _read_truth(self, value: object) -> bool:
        found = value if isinstance(value, bool) else _TRUTH.get(str(value).strip().lower())
        if found is None:
            raise WorkspaceError(
                Text(
                    f"設定「{self.name}」の値「{value}」が正しくありません。true か false にしてください。",
                    f'"{value}" is no value for the setting {self.name}: give true or false.',
                ),
                code="setting_unfit",
                setting=self.name,
            )
        return found


_DEFAULTS = Settings()
SETTINGS = tuple(
    Setting(f.name, getattr(_DEFAULTS, f.name), f.metadata["least"], f.metadata["most"], f.metadata["help"])
    for f in fields(Settings)
)


def read_settings(table: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """Gives the settings of a workspace.

    Args:
        table: `[settings]` of `workspace.toml`.
        environ: Environment variables.

    Raises:
        WorkspaceError: A name that is no setting, or a value that does not fit.
    """
    known = {setting.name: setting for setting in SETTINGS}
    from_environ = {
        name[len(PREFIX) :].lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name[len(PREFIX) :] not in OTHER_VARIABLES
    }
    given = {**table, **from_environ}
    for name in given:
        find_setting(name)
    return Settings(**{name: known[name].read(value) for name, value in given.items()})  # type: ignore[arg-type]


def find_setting(name: str, others: Collection[str] = ()) -> Setting:
    """Gives a setting by its name.

    Args:
        name: As a person wrote it.
        others: Names that are known besides, to be offered where they are the nearest.

    Raises:
        WorkspaceError: No setting has this name.
    """
    known = {setting.name: setting for setting in SETTINGS}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, (*known, *others), n=1)
    hint = Text(f"「{near[0]}」のことですか。", f' Did you mean "{near[0]}"?') if near else Text("", "")
    raise WorkspaceError(
        Text(f"「{name}」という設定はありません。{hint.ja}", f'There is no setting "{name}".{hint.en}'),
        code="setting_unknown",
        setting=name,
    )
