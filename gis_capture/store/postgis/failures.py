"""Why a database does not do what it should, in words that say what to do."""

import psycopg
from psycopg import errors

from gis_capture.errors import StoreError
from gis_capture.text import Text


def store_error(shown: str, error: psycopg.Error) -> StoreError:
    """Says what is wrong; nothing was changed by what failed."""
    reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
    ja, en = _advice(error, reason)
    return StoreError(Text(f"「{shown}」: {ja}({reason})。", f'"{shown}": {en} ({reason}).'), place=shown)


def _advice(error: psycopg.Error, reason: str) -> tuple[str, str]:
    words = reason.lower()
    match error:
        case errors.InvalidPassword() | errors.InvalidAuthorizationSpecification():
            return _PASSWORD
        case errors.InvalidCatalogName():
            return _DATABASE
        case errors.LockNotAvailable() | errors.DeadlockDetected():
            return _HELD
        case errors.QueryCanceled():
            return (
                "時間がかかりすぎたので止めました。もう一度お試しください",
                "this took too long and was stopped: try again",
            )
        case errors.InsufficientPrivilege():
            return (
                "権限がありません。データベースの管理者に、このスキーマを作り読み書きする権限を頼んでください",
                "the user may not do this: ask the database's administrator for the right to make, read and write"
                " this schema",
            )
        case errors.DiskFull() | errors.InsufficientResources():
            return (
                "サーバーの空き容量か資源が足りません。何も変わっていません",
                "the server is out of disk space or resources; nothing has changed",
            )
        case errors.ReadOnlySqlTransaction():
            return ("データベースは読み取り専用です", "the database is read-only")
    if "password" in words or "authentication" in words:
        return _PASSWORD
    if "does not exist" in words and "database" in words:
        return _DATABASE
    if isinstance(error, psycopg.OperationalError):
        return (
            "データベースにつながりません。PostgreSQL が動いているか、サーバー名・ポート・回線を確かめてください",
            "the database cannot be reached: check that PostgreSQL runs, its host and port, and the network",
        )
    return ("データベースがエラーを返しました", "the database gave an error")


_PASSWORD = (
    "利用者名かパスワードが違います。パスワードは環境変数 PGPASSWORD か ~/.pgpass に書いてください",
    "the user or the password is wrong: give the password in PGPASSWORD or ~/.pgpass",
)
_DATABASE = (
    "そのデータベースはありません。createdb で作り、CREATE EXTENSION postgis を実行してください",
    "there is no such database: make it with createdb, then run CREATE EXTENSION postgis in it",
)
_HELD = (
    "ほかのプログラムが変更の途中で止めています。QGIS などの編集を保存するか取り消してから、もう一度お試しください",
    "another program holds the tables in a transaction that has not ended: save or undo its edits, then try again",
)
