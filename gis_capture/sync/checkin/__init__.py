"""Check-in of GeoPackages that were edited in QGIS or QField."""

from gis_capture.sync.checkin import codes
from gis_capture.sync.checkin.checkin import LayerCounts, Plan, plan_checkin, push_plan
from gis_capture.sync.checkin.delta_file import is_delta_file
from gis_capture.sync.checkin.deltas import plan_deltas
from gis_capture.sync.checkin.photos import Photos

__all__ = ["LayerCounts", "Photos", "Plan", "codes", "is_delta_file", "plan_checkin", "plan_deltas", "push_plan"]
