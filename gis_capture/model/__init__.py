"""Pure values: no files, no database, no clock."""

from gis_capture.model.bbox import BBox, parse_bbox
from gis_capture.model.feature import Attachment, Feature, PositionQuality
from gis_capture.model.field import Code, Condition, Constraints, Domain, Field, FieldType, Value
from gis_capture.model.layer import Layer, PhotoRules, Section, Style, StyleCategory
from gis_capture.model.problem import Problem, Severity
from gis_capture.text import LANGUAGES, Language, Text

__all__ = [
    "LANGUAGES",
    "Attachment",
    "BBox",
    "Code",
    "Condition",
    "Constraints",
    "Domain",
    "Feature",
    "Field",
    "FieldType",
    "Language",
    "Layer",
    "PhotoRules",
    "PositionQuality",
    "Problem",
    "Section",
    "Severity",
    "Style",
    "StyleCategory",
    "Text",
    "Value",
    "parse_bbox",
]
