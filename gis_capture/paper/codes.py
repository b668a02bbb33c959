"""Codes of what scans of paper can say, with the words for people."""

from typing import Final

from gis_capture.text import Text

SCAN_BROKEN: Final = "scan_broken"
SCAN_LARGE: Final = "scan_large"
SCAN_LOCKED: Final = "scan_locked"
SCAN_LATE: Final = "scan_late"
SCAN_CANCELLED: Final = "scan_cancelled"
SCAN_DAMAGED: Final = "scan_damaged"
SCANNED_UNKNOWN: Final = "scanned_unknown"
SCANNED_OPEN: Final = "scanned_open"
SCANNED_EMPTY: Final = "scanned_empty"
SCANNED_DECISION: Final = "scanned_decision"
SCANNED_BUSY: Final = "scanned_busy"
TRACE_OUTSIDE: Final = "trace_outside"
TRACE_LINE: Final = "trace_line"
TRACE_NARROW: Final = "trace_narrow"
TRACE_OPEN: Final = "trace_open"
PAPER_MISSING: Final = "paper_missing"
TEXT_ENGINE_MISSING: Final = "text_engine_missing"

TITLES = {
    SCAN_BROKEN: Text("スキャンを読み取れません", "a scan cannot be read: no picture, broken, of another format"),
    SCAN_LARGE: Text("スキャンが大きすぎます", "a scan has too many pages or pixels"),
    SCAN_LOCKED: Text("スキャンがパスワードで保護されています", "a scan is locked with a password"),
    SCAN_LATE: Text("1ページに時間がかかりすぎます", "a page takes too long"),
    SCAN_CANCELLED: Text("読み取りを中止しました", "reading was cancelled; it goes on after the pages that are done"),
    SCAN_DAMAGED: Text("読み取った台帳が壊れています", "what was read of a ledger is damaged: read the scan again"),
    SCANNED_UNKNOWN: Text("その紙の台帳、ページ、マスはありません", "there is no such scanned ledger, page or cell"),
    SCANNED_OPEN: Text("確かめていないマスがあります", "cells wait to be confirmed"),
    SCANNED_EMPTY: Text("表が見つかりません", "no table was found"),
    SCANNED_DECISION: Text("マスの値にできない文字です", "a value that no cell can hold"),
    SCANNED_BUSY: Text("ほかの人が書き込んでいます", "somebody else is writing"),
    TRACE_OUTSIDE: Text("そこには図面がありません", "a scanned map shows nothing at the place to be filled"),
    TRACE_LINE: Text("そこは線や字の上です", "the place to be filled is on a line or a letter of a scanned map"),
    TRACE_NARROW: Text("線の間がせますぎます", "the lines around the place to be filled are too near to each other"),
    TRACE_OPEN: Text("線で囲まれていません", "no lines close the place to be filled, or it is too large"),
    PAPER_MISSING: Text("紙の機能に要る部品がありません", "the extra `paper` is not installed"),
    TEXT_ENGINE_MISSING: Text("文字認識エンジンがありません", "an engine that reads letters is not installed"),
}
