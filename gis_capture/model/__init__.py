"""Pure values: no files, no database, no clock."""

from gis_capture.model.bbox import BBox, parse_bbox
from gis_capture.model.canonical import canonical_hash, encode_json, long_integers, readable_json
from gis_capture.model.change import ABSENT, ATTACHMENTS, GEOMETRY, Absent, Change, Edit, Kind, State
from gis_capture.model.conflict import STORED, Clash, Conflict, Receipt, Status
from gis_capture.model.feature import Attachment, Feature, PositionQuality
from gis_capture.model.feature_columns import FeatureColumns
from gis_capture.model.field import Code, Condition, Constraints, Domain, Field, FieldType, Value
from gis_capture.model.geojson import geometry_from_geojson, geometry_to_geojson, has_missing_ordinate, wkb_to_geojson
from gis_capture.model.layer import Layer, PhotoRules, Section, Style, StyleCategory
from gis_capture.model.problem import Problem, Severity
from gis_capture.text import LANGUAGES, Language, Text

__all__ = [
    "ABSENT",
    "ATTACHMENTS",
    "GEOMETRY",
    "LANGUAGES",
    "STORED",
    "Absent",
    "Attachment",
    "BBox",
    "Change",
    "Clash",
    "Code",
    "Condition",
    "Conflict",
    "Constraints",
    "Domain",
    "Edit",
    "Feature",
    "FeatureColumns",
    "Field",
    "FieldType",
    "Kind",
    "Language",
    "Layer",
    "PhotoRules",
    "PositionQuality",
    "Problem",
    "Receipt",
    "Section",
    "Severity",
    "State",
    "Status",
    "Style",
    "StyleCategory",
    "Text",
    "Value",
    "canonical_hash",
    "encode_json",
    "geometry_from_geojson",
    "geometry_to_geojson",
    "has_missing_ordinate",
    "long_integers",
    "parse_bbox",
    "readable_json",
    "wkb_to_geojson",
]
