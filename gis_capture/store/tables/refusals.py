"""Why the database does not take a feature, in words that name it."""

from typing import Any

from gis_capture.errors import FeatureError
from gis_capture.model import Feature
from gis_capture.text import Text


def refusal(feature: Feature, *, is_there: bool) -> FeatureError | None:
    """Says why a feature is refused; None where it is not its own fault."""
    if is_there:
        message = Text(
            f"識別番号 {feature.feature_id} はレイヤー「{feature.layer}」に、もうあります。",
            f'Layer "{feature.layer}" has a feature {feature.feature_id} already.',
        )
        return FeatureError(message, layer=feature.layer, feature_id=feature.feature_id)
    for name, value in feature.fields.items():
        if not _is_storable(value):
            return refused_value(feature, name, value)
    return None


def refused_value(feature: Feature, name: str, value: Any) -> FeatureError:
    """Says that a value cannot be stored."""
    words = ascii(value)[:40]
    message = Text(
        f"{feature.feature_id} の項目「{name}」の値 {words} は保存できません。値を直してください。",
        f'Value {words} of field "{name}" of {feature.feature_id} cannot be stored: correct it.',
    )
    return FeatureError(message, layer=feature.layer, feature_id=feature.feature_id, field=name)


def _is_storable(value: Any) -> bool:
    match value:
        case bool() | float() | None:
            return True
        case int():
            return -(2**63) <= value < 2**63
        case str():
            return value.encode("utf-8", "replace").decode("utf-8") == value
    return False
