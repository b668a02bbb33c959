"""`gis-capture.layer/v1` as JSON <-> `model.Layer`; round trips without loss, unknown keys included."""

from collections.abc import Mapping
from typing import Any

from gis_capture.definitions.checks import contradictions
from gis_capture.definitions.mistakes import definition_error
from gis_capture.definitions.schema import schema, schema_mistakes
from gis_capture.model import (
    Code,
    Condition,
    Constraints,
    Domain,
    Field,
    FieldType,
    Layer,
    PhotoRules,
    Section,
    Style,
    StyleCategory,
)
from gis_capture.text import Text

FORMAT = "gis-capture.layer/v1"


def layer_from_json(document: Mapping[str, Any]) -> Layer:
    """Makes a layer of the JSON that `layer_to_json` gives.

    Raises:
        LayerError: Names every mistake with its key.
    """
    if mistakes := [*schema_mistakes(document), *contradictions(document)]:
        raise definition_error(mistakes, f"layer {document.get('key', '')}".strip())
    return build_layer(document)


def build_layer(document: Mapping[str, Any]) -> Layer:
    """Makes a layer of a document that has been found free of mistakes."""
    return Layer(
        key=document["key"],
        title=Text.from_json(document["title"]),
        description=_text(document, "description"),
        geometry_type=document["geometry_type"],
        fields=tuple(_field(field) for field in document["fields"]),
        key_fields=tuple(document.get("key_fields", ())),
        aliases=tuple(document.get("aliases", ())),
        sections=tuple(
            Section(section["key"], Text.from_json(section["title"]), tuple(section["fields"]))
            for section in document.get("sections", ())
        ),
        photo=_photo(document.get("photo", {})),
        style=_style(document.get("style", {})),
        extra=_unknown(document, schema()),
        **_given(
            document,
            definition_version="definition_version",
            crs="crs",
            label="label",
            on_conflict="on_conflict",
            allows_any_position="allows_any_position",
        ),
    )


def layer_to_json(layer: Layer) -> dict[str, Any]:
    """Gives the document that the server sends: domains in place, keys without a value left out."""
    return _filled(
        {
            "format": FORMAT,
            "key": layer.key,
            "definition_version": layer.definition_version,
            "title": layer.title.to_json(),
            "description": layer.description and layer.description.to_json(),
            "geometry_type": layer.geometry_type,
            "crs": layer.crs,
            "key_fields": list(layer.key_fields),
            "label": layer.label,
            "aliases": list(layer.aliases),
            "on_conflict": layer.on_conflict,
            "allows_any_position": layer.allows_any_position,
            "photo": {
                "max_count": layer.photo.max_count,
                "max_edge_px": layer.photo.max_edge_px,
                "required": layer.photo.is_required,
            },
            "style": _filled(
                {
                    "color": layer.style.color,
                    "shape": layer.style.shape,
                    "min_zoom": layer.style.min_zoom,
                    "label_min_zoom": layer.style.label_min_zoom,
                    "category_field": layer.style.category_field,
                    "categories": [
                        {"code": category.code, "color": category.color, "shape": category.shape}
                        for category in layer.style.categories
                    ],
                }
            ),
            "sections": [
                {"key": section.key, "title": section.title.to_json(), "fields": list(section.fields)}
                for section in layer.sections
            ],
            "fields": [_field_to_json(field) for field in layer.fields],
            **layer.extra,
        }
    )


def _filled(document: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what has no value: None, and empty texts, lists and tables; zero and false are values."""
    return {key: value for key, value in document.items() if value not in (None, "", [], {})}


def _given(document: Mapping[str, Any], **keys: str) -> dict[str, Any]:
    """Gives the arguments whose key is in the document; the model's defaults stand for the others."""
    return {argument: document[key] for argument, key in keys.items() if key in document}


def _unknown(document: Mapping[str, Any], rule: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in rule["properties"]}


def _text(document: Mapping[str, Any], key: str) -> Text | None:
    return Text.from_json(document[key]) if key in document else None


def _field(document: Mapping[str, Any]) -> Field:
    domain, condition = document.get("domain"), document.get("visible_when")
    constraints = dict(document.get("constraints", {}))
    return Field(
        field_id=document["field_id"],
        name=document["name"],
        title=Text.from_json(document["title"]),
        type=FieldType(document["type"]),
        help=_text(document, "help"),
        domain=domain and _domain(domain),
        constraints=Constraints(
            enum=tuple(constraints.get("enum", ())),
            **_given(
                constraints,
                required="required",
                unique="unique",
                minimum="minimum",
                maximum="maximum",
                max_length="max_length",
                pattern="pattern",
            ),
        ),
        visible_when=condition and Condition(condition["field"], tuple(condition["values"])),
        aliases=tuple(document.get("aliases", ())),
        extra=_unknown(document, schema()["$defs"]["field"]),
        **_given(
            document,
            unit="unit",
            default="default",
            is_read_only="read_only",
            is_personal="personal",
            relation="relation",
        ),
    )


def _field_to_json(field: Field) -> dict[str, Any]:
    constraints, condition = field.constraints, field.visible_when
    return _filled(
        {
            "field_id": field.field_id,
            "name": field.name,
            "title": field.title.to_json(),
            "help": field.help and field.help.to_json(),
            "type": field.type.value,
            "unit": field.unit,
            "domain": field.domain and _domain_to_json(field.domain),
            "constraints": _filled(
                {
                    "required": constraints.required or None,
                    "unique": constraints.unique or None,
                    "minimum": constraints.minimum,
                    "maximum": constraints.maximum,
                    "max_length": constraints.max_length,
                    "pattern": constraints.pattern,
                    "enum": list(constraints.enum),
                }
            ),
            "default": field.default,
            "visible_when": condition and {"field": condition.field, "values": list(condition.values)},
            "read_only": field.is_read_only or None,
            "personal": field.is_personal or None,
            "aliases": list(field.aliases),
            "relation": field.relation,
            **field.extra,
        }
    )


def _domain(document: Mapping[str, Any]) -> Domain:
    codes = (
        Code(code["code"], Text.from_json(code["title"]), tuple(code.get("aliases", ()))) for code in document["codes"]
    )
    return Domain(tuple(codes), document.get("allows_other", False))


def _domain_to_json(domain: Domain) -> dict[str, Any]:
    return {
        "allows_other": domain.allows_other,
        "codes": [
            {"code": code.code, "title": code.title.to_json(), "aliases": list(code.aliases)} for code in domain.codes
        ],
    }


def _photo(document: Mapping[str, Any]) -> PhotoRules:
    return PhotoRules(
        **_given(document, max_count="max_count", max_edge_px="max_edge_px", is_required="required"),
    )


def _style(document: Mapping[str, Any]) -> Style:
    categories = (
        StyleCategory(**_given(category, code="code", color="color", shape="shape"))
        for category in document.get("categories", ())
    )
    plain = ("color", "shape", "min_zoom", "label_min_zoom", "category_field")
    return Style(categories=tuple(categories), **_given(document, **{name: name for name in plain}))
