"""Codes of all that push, pull and attachments can say, with the words for people."""

from typing import Final

from gis_capture.errors import SyncError
from gis_capture.model import Problem, Severity
from gis_capture.text import Text

# The message as a whole: raised as SyncError
MALFORMED_MESSAGE: Final = "malformed_message"
TOO_MANY_CHANGES: Final = "too_many_changes"
EPOCH_CHANGED: Final = "epoch_changed"
BAD_CURSOR: Final = "bad_cursor"
CONFLICT_UNKNOWN: Final = "conflict_unknown"
DECISION_INVALID: Final = "decision_invalid"
CHANGE_UNKNOWN: Final = "change_unknown"
CHANGE_NOT_WAITING: Final = "change_not_waiting"
FEATURE_NOT_DELETED: Final = "feature_not_deleted"
NOTHING_TO_UNDO: Final = "nothing_to_undo"

# One change: rejected
MALFORMED_CHANGE: Final = "malformed_change"
CHANGE_ID_REUSED: Final = "change_id_reused"
BASE_REVISION_UNKNOWN: Final = "base_revision_unknown"
LAYER_UNKNOWN: Final = "layer_unknown"
LAYER_READ_ONLY: Final = "layer_read_only"
OUTSIDE_AREA: Final = "outside_area"
PHOTO_OF_OTHERS: Final = "photo_of_others"
FEATURE_UNKNOWN: Final = "feature_unknown"
FIELD_READ_ONLY: Final = "field_read_only"
FIELD_PERSONAL: Final = "field_personal"
WRONG_TYPE: Final = "wrong_type"
REQUIRED: Final = "required"
NOT_IN_DOMAIN: Final = "not_in_domain"
OUT_OF_RANGE: Final = "out_of_range"
TOO_LONG: Final = "too_long"
PATTERN_MISMATCH: Final = "pattern_mismatch"
UNIQUE_CLASH: Final = "unique_clash"
GEOMETRY_UNREADABLE: Final = "geometry_unreadable"
GEOMETRY_TYPE: Final = "geometry_type"
GEOMETRY_INVALID: Final = "geometry_invalid"
POSITION_OUTSIDE_WORLD: Final = "position_outside_world"
STORE_REFUSED: Final = "store_refused"

# One change: held
PREDECESSOR_MISSING: Final = "predecessor_missing"
PREDECESSOR_NOT_STORED: Final = "predecessor_not_stored"

# One change: stored, but look at it
NUL_REMOVED: Final = "nul_removed"
ORDINATE_MISSING: Final = "ordinate_missing"
PARENT_MISSING: Final = "parent_missing"
CHILDREN_LEFT: Final = "children_left"
REQUIRED_SINCE: Final = "required_since"
FIELD_UNKNOWN: Final = "field_unknown"

# Attachments
HASH_MISMATCH: Final = "hash_mismatch"
HASH_INVALID: Final = "hash_invalid"
ATTACHMENT_SIZE_DIFFERS: Final = "attachment_size_differs"
ATTACHMENT_TOO_LARGE: Final = "attachment_too_large"
ATTACHMENT_UNKNOWN: Final = "attachment_unknown"
THUMBNAIL_IMPOSSIBLE: Final = "thumbnail_impossible"

_WORDS: Final[dict[str, Text]] = {
    MALFORMED_MESSAGE: Text(
        "送られた内容が同期の形式に合いません({where}: {reason})。タブレットのアプリを新しくしてください。",
        "The message is not of the sync protocol ({where}: {reason}). Update the tablet app.",
    ),
    TOO_MANY_CHANGES: Text(
        "変更が{n}件あります。一度に送れるのは{limit}件までです。分けて送ってください。",
        "There are {n} changes; send at most {limit} at a time.",
    ),
    EPOCH_CHANGED: Text(
        "サーバーのデータが復元または移転されています。何も登録していません。最新のデータを受け取ってから、もう一度送ってください。",
        "The store was restored or moved. Nothing was stored; pull first, then push again.",
    ),
    BAD_CURSOR: Text(
        "続きの位置(cursor)を読めません。最初から受け取り直してください。",
        "The cursor is not readable; start the pull again without it.",
    ),
    CONFLICT_UNKNOWN: Text("くい違いの記録「{id}」はありません。", 'There is no conflict record "{id}".'),
    DECISION_INVALID: Text(
        "項目「{field}」の決め方が正しくありません。「stored」「incoming」「other」のどれかにしてください。",
        'The decision on "{field}" must take "stored", "incoming" or "other".',
    ),
    CHANGE_UNKNOWN: Text("変更「{id}」は届いていません。", 'Change "{id}" never came.'),
    CHANGE_NOT_WAITING: Text(
        "変更「{id}」は保留中でも受け付け待ちでもありません(現在: {status})。",
        'Change "{id}" is not waiting; it is {status}.',
    ),
    FEATURE_NOT_DELETED: Text(
        "地物「{id}」は削除されていないので、元に戻す必要はありません。",
        'Feature "{id}" is not deleted.',
    ),
    NOTHING_TO_UNDO: Text(
        "版 {revision} はこの地物を変えていないので、取り消すものがありません。",
        "Revision {revision} did not change this feature: there is nothing to undo.",
    ),
    MALFORMED_CHANGE: Text(
        "変更の内容が同期の形式に合いません({where}: {reason})。",
        "The change is not of the sync protocol ({where}: {reason}).",
    ),
    CHANGE_ID_REUSED: Text(
        "同じ変更番号で別の内容がすでに届いています。両方の内容を残しました。担当者に確認してください。",
        "Another change came before under this id. Both are kept; ask the office.",
    ),
    BASE_REVISION_UNKNOWN: Text(
        "元にした版({base_revision})はこのサーバーの版(現在{revision})ではありません。データを受け取り直してから送ってください。",
        "This server never gave revision {base_revision} (newest: {revision}). Pull first, then push again.",
    ),
    LAYER_UNKNOWN: Text(
        "レイヤー「{layer}」はこのサーバーにありません。担当者に確認してください。",
        'This server has no layer "{layer}".',
    ),
    LAYER_READ_ONLY: Text(
        "レイヤー「{layer}」は見ることだけが許されています。内容は役所に届いています。変えられるようにするには、管理者に頼んでください。",
        'Layer "{layer}" may be looked at only. It is at the office: ask the administrator for the right.',
    ),
    OUTSIDE_AREA: Text(
        "担当の範囲の外にある地物です(位置のないものも含みます)。内容は役所に届いています。担当者に確認してください。",
        "The feature lies outside the sender's area, or has no place. What was recorded is at the office: ask it.",
    ),
    PHOTO_OF_OTHERS: Text(
        "別の地物の写真で、この端末や利用者には見せられていません。内容は役所に届いています。担当者に確認してください。",
        "The photo is of another feature that the sender may not see. What was recorded is at the office: ask it.",
    ),
    FEATURE_UNKNOWN: Text(
        "この地物は登録されたことがありません。新規登録の変更が届いているか確認してください。",
        "This feature was never in the layer; its insert did not come.",
    ),
    FIELD_READ_ONLY: Text("項目「{title}」は変更できません。", '"{title}" is read-only.'),
    FIELD_PERSONAL: Text(
        "項目「{title}」は個人情報のため、この端末からは変更できません。",
        '"{title}" is personal data; this device may not change it.',
    ),
    WRONG_TYPE: Text(
        "項目「{title}」の値「{value}」は{type}ではありません。",
        'The value "{value}" of "{title}" is no {type}.',
    ),
    REQUIRED: Text("項目「{title}」は必須です。値を入れてください。", '"{title}" is required.'),
    NOT_IN_DOMAIN: Text(
        "項目「{title}」の値「{value}」は選択肢にありません。",
        'The value "{value}" of "{title}" is not among the allowed ones.',
    ),
    OUT_OF_RANGE: Text(
        "項目「{title}」の値「{value}」は範囲({minimum}〜{maximum})の外です。",
        'The value "{value}" of "{title}" is not between {minimum} and {maximum}.',
    ),
    TOO_LONG: Text(
        "項目「{title}」は{max_length}文字までです(現在{length}文字)。",
        '"{title}" holds {length} characters; the limit is {max_length}.',
    ),
    PATTERN_MISMATCH: Text(
        "項目「{title}」の値「{value}」は決められた書き方({pattern})に合いません。",
        'The value "{value}" of "{title}" does not fit the pattern {pattern}.',
    ),
    UNIQUE_CLASH: Text(
        "項目「{title}」の値「{value}」は別の地物「{label}」が使っています。",
        'The value "{value}" of "{title}" belongs to another feature, "{label}".',
    ),
    GEOMETRY_UNREADABLE: Text("{reason}", "{reason}"),
    GEOMETRY_TYPE: Text(
        "図形の種類が違います。このレイヤーは{expected}ですが、{found}が届きました。",
        "This layer holds {expected}; a {found} came.",
    ),
    GEOMETRY_INVALID: Text(
        "図形が正しくありません({reason})。線が交わっていないか確認して、描き直してください。",
        "The geometry is not valid ({reason}). Draw it again.",
    ),
    POSITION_OUTSIDE_WORLD: Text(
        "位置(経度{x}, 緯度{y})が地球上にありません。経度と緯度が入れ替わっていないか確認してください。",
        "Longitude {x}, latitude {y} is not on Earth. Are they swapped?",
    ),
    STORE_REFUSED: Text("{reason}", "{reason}"),
    PREDECESSOR_MISSING: Text(
        "この変更の前の変更がまだ届いていません。届きしだい登録します。",
        "The change before this one has not come yet; this one waits for it.",
    ),
    PREDECESSOR_NOT_STORED: Text(
        "この変更の前の変更がまだ登録されていません。解決しだい登録します。",
        "The change before this one is held or rejected; this one waits for it.",
    ),
    NUL_REMOVED: Text("項目「{title}」から文字でない符号(NUL)を取り除きました。", 'NUL was removed from "{title}".'),
    ORDINATE_MISSING: Text(
        "高さまたは距離(Z・M)に数でない値があり、値なしとして登録しました。",
        "A Z or M that is no number was stored as missing.",
    ),
    PARENT_MISSING: Text(
        "項目「{title}」が指す地物「{value}」がレイヤー「{layer}」にありません。",
        '"{title}" refers to "{value}", which is not in layer "{layer}".',
    ),
    CHILDREN_LEFT: Text(
        "削除した地物を指している地物がレイヤー「{layer}」に{n}件あります({label})。",
        '{n} features of layer "{layer}" still refer to the deleted one ({label}).',
    ),
    REQUIRED_SINCE: Text(
        "項目「{title}」は新しい定義では必須ですが、古い定義の端末から届いたため空のまま登録しました。",
        '"{title}" has become required; it is empty because the device has an older definition.',
    ),
    FIELD_UNKNOWN: Text(
        "項目「{field}」は今のレイヤーの定義にありません。値は記録に残しました。",
        'The layer has no field "{field}" now. Its value is kept on record.',
    ),
    HASH_MISMATCH: Text(
        "届いた写真の内容が送信元と一致しません。もう一度送ってください。",
        "The bytes do not have the hash they were sent under. Send them again.",
    ),
    HASH_INVALID: Text("「{value}」はSHA-256ではありません。", '"{value}" is no SHA-256.'),
    ATTACHMENT_SIZE_DIFFERS: Text(
        "写真の大きさが、先に届いた分({n_bytes}バイト)より小さい値({total}バイト)になっています。もう一度送ってください。",
        "The attachment is announced with {total} bytes, but {n_bytes} bytes of it have come. Send it again.",
    ),
    ATTACHMENT_TOO_LARGE: Text(
        "ファイルが大きすぎます({size_mb} MB)。{limit_mb} MBまでです。",
        "The file has {size_mb} MB; the limit is {limit_mb} MB.",
    ),
    THUMBNAIL_IMPOSSIBLE: Text(
        "このファイルの縮小画像は作れません({reason})。元のファイルはそのまま残っています。",
        "No small picture can be made of this file ({reason}). The file itself is kept as it came.",
    ),
    ATTACHMENT_UNKNOWN: Text("写真「{value}」は届いていません。", 'Attachment "{value}" is not here.'),
}


def words(code: str, **values: object) -> Text:
    """Gives the message of a code; a value that is a `Text` appears in the language of the message."""
    text = _WORDS[code]

    def shown(language: str) -> dict[str, object]:
        return {
            name: value.in_language(language) if isinstance(value, Text) else _short(value)
            for name, value in values.items()
        }

    return Text(text.ja.format(**shown("ja")), text.en.format(**shown("en")))


def problem(
    code: str,
    severity: Severity = "error",
    *,
    field: str | None = None,
    feature_id: str | None = None,
    **values: object,
) -> Problem:
    """Makes the problem of a code."""
    return Problem(code, severity, words(code, **{"field": field, **values}), field=field, feature_id=feature_id)


def error(code: str, **values: object) -> SyncError:
    """Makes the error of a code; its subject holds the code."""
    return SyncError(words(code, **values), code=code)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"
