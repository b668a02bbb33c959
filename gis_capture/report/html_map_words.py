"""Words of the HTML map of an import."""

from collections.abc import Mapping
from typing import Any

from gis_capture.text import Text

OUTCOMES = {
    "loaded": Text("地図に載った行", "Loaded"),
    "unlocated": Text("位置なし", "Unlocated"),
    "rejected": Text("受け付けない行", "Rejected"),
    "skipped": Text("対象外の行", "Skipped"),
    "listed": Text("確認待ちの行", "Waits for a person"),
}
SEVERITIES = {"error": Text("誤り", "Error"), "warning": Text("確認", "Check"), "info": Text("参考", "Note")}
WORDS = {
    "title": Text("取り込みの地図", "Map of an import"),
    "imported_at": Text("取り込んだ日時", "Imported"),
    "author": Text("取り込んだ人", "By"),
    "undone": Text(
        "この取り込みは取り消されています。行の行き先は、取り込んだときのものです。",
        "This import was undone. The accounting is that of the day of the import.",
    ),
    "account": Text("行の行き先", "Where every row went"),
    **{name: words for name, words in OUTCOMES.items() if name != "listed"},
    "read": Text("読んだ行", "Rows read"),
    "map": Text("地図", "Map"),
    "map_hint": Text(
        "印を押すと、台帳の行と、位置をどう求めたかが出ます。背景の地図はありません。",
        "Click a mark to see its row and how it was placed. There is no base map behind it.",
    ),
    "map_empty": Text("地図に描く位置はありません。", "There is no position to draw."),
    "map_now": Text("地図は、このページを作ったときの位置です。", "Positions are those of when this page was made."),
    "thinned": Text(
        "件数が多いため、{n} 件を均等に選んで描いています。全件はアプリの地図で見られます。",
        "There are too many features; {n} of them, evenly chosen, are drawn. The app's map shows all.",
    ),
    "not_drawn": Text(
        "{n} 件は描いていません(後から消されたもの、座標が世界の外のもの、または図形が大きすぎるもの)。",
        "{n} are not drawn: deleted since, outside the world, or too large.",
    ),
    "apart": Text("座標と住所などの食いちがい", "Coordinates and address disagree"),
    "lines_left_out": Text(
        "食いちがう {all} 行のうち、均等に選んだ {n} 行に線を引いています。残りの {left} 行には線がありません。",
        "Of {all} rows that disagree, {n}, evenly chosen, have a line; {left} have none.",
    ),
    "legend": Text("凡例", "Legend"),
    "next": Text("次にすること", "What to do next"),
    "problems": Text("確認すること", "What to check"),
    "remarks": Text("参考(読み取りの控え)", "Notes on how it was read"),
    "places_more": Text(" ほか {n} か所", " and {n} more"),
    "problems_more": Text("同じ種類がほかに {n} 件あります。", "There are {n} more of this kind."),
    "severity": Text("区分", "Kind"),
    "where": Text("場所", "Where"),
    "what": Text("内容", "What was found"),
    "todo": Text("すること", "What to do"),
    "rows": Text("地図に載っていない行", "Rows that are not on the map"),
    "rows_none": Text("すべての行が地図に載りました。", "All rows are on the map."),
    "rows_more": Text("ほかに {n} 行あります。", "There are {n} more."),
    "row": Text("行", "Row"),
    "row_number": Text("{n}行目", "row {n}"),
    "table": Text("表", "Table"),
    "outcome": Text("行き先", "Went to"),
    "reason": Text("わけ", "Reason"),
    "raw": Text("台帳の文字", "Texts of the ledger"),
    "withheld": Text("(個人情報のため省略)", "(personal, left out)"),
    "withheld_problem": Text(
        "個人情報の項目に、確認が必要な値があります。", "A field with personal data holds a value to check."
    ),
    "privacy": Text(
        "レイヤーの定義で個人情報とした項目は載せていません。ほかの列は台帳の文字のままです。人に渡す前に確かめてください。",
        "Fields that the layer marks as personal are left out. All else is as in the ledger: look before sharing it.",
    ),
    "made_with": Text("作成", "Made with"),
    "zoom_in": Text("拡大", "Zoom in"),
    "zoom_out": Text("縮小", "Zoom out"),
}


def next_steps(result: Mapping[str, Any], *, n_rough: int, n_apart: int = 0, is_undone: bool) -> list[Text]:
    """Says what is left to do after an import, the weightiest first."""
    if is_undone:
        return [Text("台帳を直したら、もう一度取り込んでください。", "Import the ledger again when it is mended.")]
    n_unlocated, n_rejected, n_skipped = (result[f"n_{name}"] for name in ("unlocated", "rejected", "skipped"))
    steps = []
    if n_rejected:
        steps.append(
            Text(
                f"受け付けない行 {n_rejected:,} 行は、レイヤーに入っていません。下の「わけ」を見て台帳を直し、"
                "この取り込みを取り消してから、もう一度取り込んでください。",
                f"{n_rejected:,} rejected rows are not in the layer: mend them in the ledger, undo this import, "
                "and import again.",
            )
        )
    if n_unlocated:
        steps.append(
            Text(
                f"位置なし {n_unlocated:,} 行は、レイヤーに入っていますが、地図に出ません。"
                "タブレットの一覧から選んで現場で位置を付けるか、台帳に緯度・経度を書き足して取り込み直してください。",
                f"{n_unlocated:,} unlocated rows are in the layer, but not on the map: place them on site from the "
                "tablet's list, or add coordinates to the ledger and import again.",
            )
        )
    if n_apart:
        steps.append(
            Text(
                f"座標と住所などが離れた行が {n_apart:,} 行あります(赤い線)。どちらが正しいか確かめて、"
                "台帳か位置を直してください。",
                f"The coordinates of {n_apart:,} rows lie far from their addresses (red lines): find out "
                "which is true, and mend the ledger or the position.",
            )
        )
    if n_rough:
        steps.append(
            Text(
                f"描いたもののうち {n_rough:,} 件は、おおよその位置です。現場で正しい場所へ動かしてください。",
                f"{n_rough:,} of the positions drawn are rough: move them to the right place when on site.",
            )
        )
    if n_skipped:
        steps.append(
            Text(
                f"対象外の行 {n_skipped:,} 行(小計・見出しなど)に、データの行がまじっていないか確かめてください。",
                f"Make sure that none of the {n_skipped:,} skipped rows (subtotals, headings) is data.",
            )
        )
    steps.append(
        Text(
            "印が正しい町内にあるか、いくつか選んで確かめてください。",
            "Pick some marks and see whether they lie in the right place.",
        )
    )
    return steps
