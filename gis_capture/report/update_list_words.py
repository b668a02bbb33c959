"""The words of the list of what a next version of a ledger changes."""

from gis_capture.text import Text

COLUMNS = (
    Text("区分", "Kind"),
    Text("表", "Table"),
    Text("行", "Row"),
    Text("番号", "Key"),
    Text("名前", "Label"),
    Text("項目", "Field"),
    Text("前回の台帳", "Last version"),
    Text("今回の台帳", "This version"),
    Text("今の地図の値", "In the layer now"),
    Text("結果", "Result"),
)
KINDS = {
    "changed": Text("変わった行", "Changed"),
    "adopted": Text("現地で作った地物に当たる行", "Made in the field before"),
    "new": Text("新しい行", "New"),
    "row_removed": Text("なくなった行", "Gone"),
    "row_renumbered": Text("番号だけ変わったらしい行", "Renumbered?"),
    "row_ambiguous": Text("どの行の続きか決められない行", "Not certain which"),
    "row_without_key": Text("番号がなく決められない行", "Without a key"),
}
RESULTS = {
    "apply": Text("取り込む", "Taken"),
    "same": Text("同じ値がもう入っている", "There already"),
    "conflict": Text("現場の値を残し、競合として確認", "Kept as it is, conflict to decide"),
}
TAKES = {
    "undecided": Text("未決(何もしない)", "Undecided, nothing is done"),
    "keep": Text("残す", "Keep"),
    "mark": Text("撤去・廃止とする", "Mark as gone"),
    "delete": Text("削除する", "Delete"),
    "new": Text("新しい行として加える", "Add as new"),
    "renumber": Text("番号を変える", "Renumber"),
    "leave": Text("そのままにする", "Leave"),
}
COUNTS = {
    "n_source_rows": Text("台帳の行", "Rows of the ledger"),
    "n_unchanged": Text("変わらない行", "Unchanged"),
    "n_changed": Text("変わった行", "Changed"),
    "n_new": Text("新しい行", "New"),
    "n_listed": Text("人が決める行", "To be decided"),
    "n_rejected": Text("受け付けない行", "Rejected"),
    "n_skipped": Text("対象外の行", "Skipped"),
    "n_removed": Text("なくなった行(前回の台帳)", "Gone (of the last version)"),
    "n_conflicts": Text("現場の修正と食い違う行", "Clash with edits of crews"),
    "n_waiting": Text("受け付けられず残っている行", "Not accepted, waiting"),
}
WORDS = {
    "title": Text("台帳の更新の一覧", "What the ledger changes"),
    "list": Text("一覧", "List"),
    "counts": Text("件数", "Counts"),
    "before": Text("前回の台帳", "Last version"),
    "key": Text("突き合わせた列", "Matched by"),
    "written": Text("取り込み済み", "Written"),
    "dry_run": Text("取り込む前の下見(何も変えていません)", "Before anything is written"),
    "problems": Text("確認すること", "To check"),
    "nothing": Text("変わるところはありません。", "Nothing changes."),
    "hidden": Text("(個人情報)", "(personal)"),
    "shape": Text("図形", "shape"),
    "yes": Text("はい", "yes"),
    "no": Text("いいえ", "no"),
    "sign": Text("決裁", "Approved by"),
}
