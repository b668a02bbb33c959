"""Codes of all that a check-in can say, with the words for people."""

from typing import Final

from gis_capture.errors import SourceError
from gis_capture.model import Problem, Severity
from gis_capture.text import Text

# The file as a whole: raised as SourceError
FILE_UNREADABLE: Final = "checkin_unreadable"
CHECKOUT_UNNAMED: Final = "checkout_unnamed"
CHECKOUT_UNKNOWN: Final = "checkout_unknown"
CHECKOUT_OTHER_EPOCH: Final = "checkout_other_epoch"

# Told beside the changes
FILE_STILL_OPEN: Final = "checkin_file_still_open"
LAYER_MISSING: Final = "checkin_layer_missing"
LAYER_ADDED: Final = "checkin_layer_added"
LAYER_UNIDENTIFIED: Final = "checkin_layer_unidentified"
LAYER_OTHER_CRS: Final = "checkin_layer_other_crs"
COLUMN_MISSING: Final = "checkin_column_missing"
COLUMN_RENAMED: Final = "checkin_column_renamed"
COLUMN_ADDED: Final = "checkin_column_added"
COLUMN_LEFT: Final = "checkin_column_left"
GEOMETRY_MISSING: Final = "checkin_geometry_missing"
ROW_COPIED: Final = "checkin_row_copied"
ROW_RECOGNIZED: Final = "checkin_row_recognized"
DELETIONS_UNCONFIRMED: Final = "checkin_deletions_unconfirmed"
DELTA_UNREADABLE: Final = "delta_unreadable"
DELTA_LAYER_UNKNOWN: Final = "delta_layer_unknown"
DELTA_ROW_UNKNOWN: Final = "delta_row_unknown"
DELTA_GEOMETRY: Final = "delta_geometry"
DELTA_OTHER_CRS: Final = "delta_other_crs"
DELTA_CHANGED: Final = "delta_changed"
DELTAS_MORE: Final = "deltas_more"
PHOTO_MISSING: Final = "checkin_photo_missing"
PHOTO_OUTSIDE: Final = "checkin_photo_outside"
PHOTO_NO_PICTURE: Final = "checkin_photo_no_picture"
PHOTO_TOO_LARGE: Final = "checkin_photo_too_large"
PHOTOS_MORE: Final = "checkin_photos_more"

_WORDS: Final[dict[str, Text]] = {
    FILE_UNREADABLE: Text(
        "「{file}」は GeoPackage として読めません({reason})。持ち出したファイルを QGIS などで開けるか確かめ、"
        "もう一度コピーしてください。",
        '"{file}" cannot be read as a GeoPackage ({reason}). Check that QGIS opens it, and copy it again.',
    ),
    CHECKOUT_UNNAMED: Text(
        "「{file}」に持ち出し番号がありません(変換などで消えたか、QField の編集記録です)。"
        "--checkout で番号を指定してください。この作業フォルダーの持ち出し: {known}",
        '"{file}" does not say which check-out it is: a program has dropped it, or it is a journal of QField.'
        " Name it with --checkout. Check-outs of this workspace: {known}",
    ),
    CHECKOUT_UNKNOWN: Text(
        "持ち出し「{checkout_id}」の控えがこの作業フォルダーにありません。持ち出した作業フォルダーで受け取ってください。",
        'This workspace has not handed out "{checkout_id}". Check the file in where it was checked out.',
    ),
    CHECKOUT_OTHER_EPOCH: Text(
        "「{file}」を持ち出したあとに、データが復元または移転されています。何も登録していません。"
        "値どうしを比べて受け取るには --after-restore を付けてください。",
        'The store was restored or moved after "{file}" was handed out. Nothing was stored.'
        " Add --after-restore to compare by values.",
    ),
    FILE_STILL_OPEN: Text(
        "ファイルがほかのプログラムで開かれたままか、途中で終わった可能性があります。最後の編集が入っていないことがあります。"
        "QGIS を閉じて、もう一度受け取ってください。",
        "The file may still be open in another program; the last edits may not be in it."
        " Close QGIS and check it in again.",
    ),
    LAYER_MISSING: Text(
        "レイヤー「{layer}」がファイルにありません。削除とはみなさず、そのままにしました。",
        'The file has no layer "{layer}" any more. This is not read as deletions; nothing was changed in it.',
    ),
    LAYER_ADDED: Text(
        "「{table}」は持ち出していないレイヤーです。取り込むには「gis-capture convert」を使ってください。",
        '"{table}" was not handed out. Bring it in with "gis-capture convert".',
    ),
    LAYER_UNIDENTIFIED: Text(
        "レイヤー「{layer}」に feature_id の列がなく、行の番号も変わっているため、どの地物か分かりません。"
        "このレイヤーは受け取っていません。feature_id の列を残したファイルにしてください。",
        'Layer "{layer}" has lost its column feature_id, and its rows are numbered anew: nobody can tell which feature'
        " is which. It was not taken; keep the column feature_id in the file.",
    ),
    LAYER_OTHER_CRS: Text(
        "レイヤー「{layer}」の座標系が EPSG:{found} に変わっています(持ち出しは {expected})。受け取っていません。"
        "元の座標系で保存し直してください。",
        'Layer "{layer}" has come back in EPSG:{found}; it was handed out in {expected}. It was not taken;'
        " save it in the CRS it had.",
    ),
    COLUMN_MISSING: Text(
        "レイヤー「{layer}」の列「{column}」がファイルにありません。空にはせず、元の値のままにしました。",
        'Column "{column}" of layer "{layer}" is not in the file any more. Its values stay as they are.',
    ),
    COLUMN_RENAMED: Text(
        "レイヤー「{layer}」の列「{column}」は「{other}」に名前が変わっていました。元の列として受け取りました。",
        'Column "{column}" of layer "{layer}" is called "{other}" in the file; it was taken as the same.',
    ),
    COLUMN_ADDED: Text(
        "レイヤー「{layer}」に列「{column}」が加わっています({n}件に値)。値はくい違いの記録に残します。",
        'Layer "{layer}" has a new column "{column}" ({n} values); they are kept in conflict records.',
    ),
    COLUMN_LEFT: Text(
        "レイヤー「{layer}」に列「{column}」が加わっています({n}件に値)。多いため登録せず、"
        "ファイルを {kept} に残しました。",
        'Layer "{layer}" has a new column "{column}" with {n} values. They are too many for conflict records;'
        " the file is kept as {kept}.",
    ),
    GEOMETRY_MISSING: Text(
        "レイヤー「{layer}」の図形の列がファイルにありません。図形は元のままにしました。",
        'Layer "{layer}" has no geometry column in the file. Its geometries stay as they are.',
    ),
    ROW_COPIED: Text(
        "レイヤー「{layer}」の行 {fid} は、ほかの行の写しです(同じ feature_id)。新しい地物として登録します。",
        'Row {fid} of layer "{layer}" is a copy of another row (same feature_id); it becomes a new feature.',
    ),
    ROW_RECOGNIZED: Text(
        "レイヤー「{layer}」の行 {fid} の feature_id が「{found}」に変わっていました。元の地物として受け取りました。",
        'The feature_id of row {fid} of layer "{layer}" was changed to "{found}"; it is taken as the feature it was.',
    ),
    DELTA_UNREADABLE: Text(
        "「{file}」は QField の編集記録(deltafile)として読めません({reason})。何も登録していません。"
        "端末からもう一度コピーしてください。",
        '"{file}" cannot be read as a delta file of QField ({reason}). Nothing was stored;'
        " copy it from the tablet again.",
    ),
    DELTA_LAYER_UNKNOWN: Text(
        "編集記録の {number} 件目のレイヤー「{found}」は、この持ち出しにありません。受け取っていません。"
        "持ち出し番号を確かめてください。",
        'Entry {number} is of a layer "{found}" that is not in this check-out, and was not taken.'
        " Check the id of the check-out.",
    ),
    DELTA_ROW_UNKNOWN: Text(
        "編集記録の {number} 件目の行 {pk} が、持ち出したレイヤー「{layer}」にありません。受け取っていません。"
        "追加した記録が入ったファイルを先に受け取ってください。",
        'Entry {number} is of row {pk}, which layer "{layer}" did not have when it was handed out; it was not taken.'
        " Check in the file that added the row first.",
    ),
    DELTA_GEOMETRY: Text(
        "編集記録の {number} 件目(レイヤー「{layer}」)の図形「{found}」を読めません。この件は受け取っていません。",
        'The geometry of entry {number} (layer "{layer}") cannot be read: "{found}". The entry was not taken.',
    ),
    DELTA_OTHER_CRS: Text(
        "編集記録の {number} 件目(レイヤー「{layer}」)の図形は「{found}」で、{expected} と測地系が違うか不明です。"
        "この件は受け取っていません。レイヤーの座標系で記録し直してください。",
        'The geometry of entry {number} (layer "{layer}") is in "{found}", whose datum is unknown or is not that of'
        " {expected}. The entry was not taken; record it in the layer's CRS.",
    ),
    DELTA_CHANGED: Text(
        "編集記録の {number} 件目(レイヤー「{layer}」)は、前に同じ番号 {uuid} で別の内容が届いています。"
        "あとから届いた変更として受け取りました。",
        'Entry {number} (layer "{layer}") came before under the same uuid {uuid} with other content;'
        " it was taken as a later change.",
    ),
    DELTAS_MORE: Text(
        "同じ種類の知らせ({kind})がほかに {n} 件あります。",
        "{n} more entries have the problem {kind}.",
    ),
    PHOTO_MISSING: Text(
        "レイヤー「{layer}」の行 {row} の写真「{path}」が見つかりません。"
        "写真のフォルダーをファイルの横に置くか、--photos で指定するか、ZIP にまとめて、もう一度受け取ってください。",
        'The photo "{path}" of row {row} of layer "{layer}" is not there. Put its folder beside the file, name it with'
        " --photos, or pack both as a ZIP, and check it in again.",
    ),
    PHOTO_OUTSIDE: Text(
        "レイヤー「{layer}」の行 {row} の写真「{path}」は写真のフォルダーの外を指しています。受け取っていません。"
        "フォルダーの中に写し、相対パスに直してください。",
        'The photo "{path}" of row {row} of layer "{layer}" lies outside the folder of the photos and was not taken.'
        " Copy it there and write its relative path.",
    ),
    PHOTO_NO_PICTURE: Text(
        "レイヤー「{layer}」の行 {row} の「{path}」は写真(JPEG・PNG・WebP・HEIC)ではありません。受け取っていません。",
        '"{path}" of row {row} of layer "{layer}" is no picture (JPEG, PNG, WebP, HEIC) and was not taken.',
    ),
    PHOTO_TOO_LARGE: Text(
        "レイヤー「{layer}」の行 {row} の写真「{path}」は {size} MB で、"
        "上限の {limit} MB を超えています。受け取っていません。",
        'The photo "{path}" of row {row} of layer "{layer}" has {size} MB, over the limit of {limit} MB;'
        " it was not taken.",
    ),
    PHOTOS_MORE: Text(
        "レイヤー「{layer}」には、受け取れなかった写真がほかに {n} 枚あります。",
        '{n} more photos of layer "{layer}" could not be taken.',
    ),
    DELETIONS_UNCONFIRMED: Text(
        "レイヤー「{layer}」で {n_rows} 件中 {n} 件がなくなっています。多いので、削除していません。"
        "本当に削除するときは --allow-deletions を付けて、もう一度受け取ってください。",
        '{n} of {n_rows} features of layer "{layer}" are gone from the file. They are so many that none was deleted;'
        " if they are to be, check it in again with --allow-deletions.",
    ),
}


def words(code: str, **values: object) -> Text:
    """Gives the message of a code; a value that is a `Text` appears in the language of the message."""
    text = _WORDS[code]
    ja, en = (
        {name: one.in_language(language) if isinstance(one, Text) else one for name, one in values.items()}
        for language in ("ja", "en")
    )
    return Text(text.ja.format(**ja), text.en.format(**en))


def problem(
    code: str,
    severity: Severity = "warning",
    *,
    column: str | None = None,
    feature_id: str | None = None,
    **values: object,
) -> Problem:
    """Makes the problem of a code."""
    return Problem(code, severity, words(code, **{"column": column, **values}), column=column, feature_id=feature_id)


def error(code: str, **values: object) -> SourceError:
    """Makes the error of a code; its subject holds the code."""
    return SourceError(words(code, **values), code=code)
