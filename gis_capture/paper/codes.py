"""Codes of what scans of paper can say, with the words for people."""

from typing import Final

from gis_capture.text import Text

SCAN_BROKEN: Final = "scan_broken"
SCAN_LARGE: Final = "scan_large"
SCAN_LATE: Final = "scan_late"
SCAN_CANCELLED: Final = "scan_cancelled"
SCAN_DAMAGED: Final = "scan_damaged"
SCANNED_UNKNOWN: Final = "scanned_unknown"
SCANNED_OPEN: Final = "scanned_open"
SCANNED_EMPTY: Final = "scanned_empty"
SCANNED_DECISION: Final = "scanned_decision"
SCANNED_BUSY: Final = "scanned_busy"
PAPER_MISSING: Final = "paper_missing"
TEXT_ENGINE_MISSING: Final = "text_engine_missing"

TITLES = {
    SCAN_BROKEN: Text("スキャンを読み取れません", "a scan cannot be read: no picture, broken, of another format"),
    SCAN_LARGE: Text("スキャンが大きすぎます", "a scan has too many pages or pixels"),
    SCAN_LATE: Text("1ページに時間がかかりすぎます", "a page takes too long"),
    SCAN_CANCELLED: Text("読み取りを中止しました", "reading was cancelled; it goes on after the pages that are done"),
    SCAN_DAMAGED: Text("読み取った台帳が壊れています", "what was read of a ledger is damaged: read the scan again"),
    SCANNED_UNKNOWN: Text("その紙の台帳、ページ、マスはありません", "there is no such scanned ledger, page or cell"),
    SCANNED_OPEN: Text("確かめていないマスがあります", "cells wait to be confirmed"),
    SCANNED_EMPTY: Text("表が見つかりません", "no table was found"),
    SCANNED_DECISION: Text("マスの値にできない文字です", "a value that no cell can hold"),
    SCANNED_BUSY: Text("ほかの人が書き込んでいます", "somebody else is writing"),
    PAPER_MISSING: Text("紙の機能に要る部品がありません", "the extra `paper` is not installed"),
    TEXT_ENGINE_MISSING: Text("文字認識エンジンがありません", "an engine that reads letters is not installed"),
}
