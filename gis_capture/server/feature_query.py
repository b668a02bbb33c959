"""How the query of a page of features is read, within limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from gis_capture.model import FieldType, Layer, Text, Value, parse_bbox
from gis_capture.model.numbers import parse_number
from gis_capture.server.bodies import is_storable, read_integer
from gis_capture.server.errors import RequestError
from gis_capture.settings import Settings
from gis_capture.store.protocol import FeatureQuery

FORMATS = ("geojson", "csv", "fgb")
ARGUMENTS = ("bbox", "ids", "q", "unlocated", "unconfirmed", "limit", "after", "properties", "format")
"""What is not the name of a field."""
MAX_TEXT, MAX_IDS = 200, 1_000
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked for.

    Attributes:
        layer: With the fields that are wanted.
        query: Asks for one feature more than `limit`, which tells whether another page follows.
    """

    layer: Layer
    query: FeatureQuery
    limit: int
    file_format: str


def read_page(layer: Layer, arguments: Mapping[str, str], settings: Settings, *, with_personal: bool) -> Page:
    """Reads the query of a request.

    Args:
        layer: With the fields that who asks may see; others do not exist for the query.
        arguments: Of the query.
        settings: How many features a page has.
        with_personal: Whether fields with personal data are among them.

    Raises:
        RequestError: An argument that is neither known nor a field, or a value that does not fit.
        FeatureError: The box is none.
    """
    n_most = settings.max_page_features
    limit = read_integer("limit", default=settings.page_features, least=1, most=n_most, arguments=arguments)
    ids = arguments["ids"].split(",") if "ids" in arguments else None
    text = arguments.get("q", "").strip()
    if ids is not None and (len(ids) > MAX_IDS or not all(map(is_storable, ids))):
        raise RequestError(
            Text(f"「ids」は{MAX_IDS:,}件までにしてください。", f'"ids" takes at most {MAX_IDS:,} ids.'), name="ids"
        )
    if len(text) > MAX_TEXT:
        raise RequestError(
            Text(f"「q」は{MAX_TEXT}文字までにしてください。", f'"q" takes at most {MAX_TEXT} characters.'), name="q"
        )
    if not is_storable(text):
        raise RequestError(Text("「q」に使えない文字があります。", '"q" holds characters that no text can hold.'))
    wanted = _with_fields(layer, arguments)
    query = FeatureQuery(
        bbox=parse_bbox(arguments["bbox"], may_cross=True) if "bbox" in arguments else None,
        feature_ids=ids,
        equals={name: _value(layer, name, arguments[name]) for name in arguments if name not in ARGUMENTS} or None,
        is_located=False if _is_set("unlocated", arguments) else None,
        is_unconfirmed=_is_set("unconfirmed", arguments),
        text=text or None,
        after_fid=read_integer("after", default=0, least=0, most=2**62, arguments=arguments),
        limit=limit + 1,
        with_personal=with_personal,
        names=tuple(field.name for field in wanted.fields),
    )
    file_format = arguments.get("format", FORMATS[0])
    if file_format not in FORMATS:
        allowed = ", ".join(FORMATS)
        raise RequestError(
            Text(f"「format」は {allowed} のどれかにしてください。", f'"format" must be one of {allowed}.'),
            name="format",
        )
    return Page(wanted, query, limit, file_format)


def _is_set(name: str, arguments: Mapping[str, str]) -> bool:
    text = arguments.get(name, "0").lower()
    if text not in _FLAGS:
        raise RequestError(Text(f"「{name}」は 1 か 0 で指定してください。", f'"{name}" is 1 or 0.'), name=name)
    return _FLAGS[text]


def _with_fields(layer: Layer, arguments: Mapping[str, str]) -> Layer:
    if "properties" not in arguments:
        return layer
    names = [name for name in arguments["properties"].split(",") if name]
    for name in names:
        _known(layer, name)
    return replace(layer, fields=tuple(field for field in layer.fields if field.name in names))


def _known(layer: Layer, name: str) -> None:
    if not any(field.name == name for field in layer.fields):
        raise RequestError(
            Text(
                f"「{name[:80]}」という項目も引数もありません。項目は {', '.join(f.name for f in layer.fields)}、"
                f"引数は {', '.join(ARGUMENTS)} です。",
                f'"{name[:80]}" is neither a field nor an argument; fields are '
                f"{', '.join(f.name for f in layer.fields)}, arguments {', '.join(ARGUMENTS)}.",
            ),
            name=name[:80],
        )


def _value(layer: Layer, name: str, text: str) -> Value:
    """Reads the value that a field shall have; none at all is that of a field without one."""
    _known(layer, name)
    if not text:
        return None
    field_type = layer.field(name).type
    try:
        match field_type:
            case FieldType.INTEGER if _INTEGER.fullmatch(text):
                return int(text)
            case FieldType.REAL:
                return parse_number(text)
            case FieldType.BOOLEAN:
                return _FLAGS[text.lower()]
            case FieldType.DATE:
                return date.fromisoformat(text).isoformat()
            case FieldType.DATETIME if text.endswith("Z") and datetime.fromisoformat(text):
                return text
            case FieldType.TEXT if is_storable(text):
                return text
    except (ValueError, KeyError):
        pass
    raise RequestError(
        Text(
            f"「{name}={text[:80]}」は項目の型({field_type})に合いません。",
            f'"{name}={text[:80]}" does not fit the type of the field ({field_type}).',
        ),
        name=name,
    )
