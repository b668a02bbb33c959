"""Ledgers on paper in a workspace: read, confirmed cell by cell by people, and finished as an ordinary source."""

from gis_capture.workspace.scanned.decisions import Choice, Clash, Decision
from gis_capture.workspace.scanned.ledgers import ScannedLedgers
from gis_capture.workspace.scanned.review import Review

__all__ = ["Choice", "Clash", "Decision", "Review", "ScannedLedgers"]
