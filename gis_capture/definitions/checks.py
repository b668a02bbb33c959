"""Finds contradictions in a definition that no schema sees: names that lead nowhere, codes used twice, wrong defaults.

Works on the document, not on a `Layer`, so that one run also reports a document that breaks the schema elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from string import Formatter
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError as ProjError

from gis_capture.definitions.mistakes import Mistake
from gis_capture.text import Text

# The store's own columns, and names that GeoPackage drivers give to theirs.
RESERVED_NAMES = frozenset(
    {"fid", "geometry", "geom", "ogc_fid", "rowid", "feature_id", "revision"}
    | {"position_method", "position_accuracy_m", "position_note"}
)

Document = Mapping[str, Any]


def fold(spelling: str) -> str:
    """Gives the form in which spellings are compared: width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", spelling).casefold().split())


def contradictions(document: Any) -> list[Mistake]:
    """Finds all contradictions, also in a document that does not fit the schema."""
    if not isinstance(document, Mapping):
        return []
    fields = {field["name"]: field for field in _tables(document, "fields") if isinstance(field.get("name"), str)}
    found = [*_twice(document), *_lost_names(document, fields), *_crs(document), *_style(document, fields)]
    for name, field in fields.items():
        found += _field(f"fields.{name}", field, fields)
    return found


def _tables(document: Document, key: str) -> list[Document]:
    members = document.get(key)
    return [member for member in members if isinstance(member, Mapping)] if isinstance(members, list) else []


def _table(document: Document, key: str) -> Document:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}


def _texts(document: Document, key: str) -> list[str]:
    members = document.get(key)
    return [member for member in members if isinstance(member, str)] if isinstance(members, list) else []


def _repeated(pairs: Iterable[tuple[str, Any]], key_ending: str = "") -> Iterator[Mistake]:
    """Reports values that two different owners claim; pairs are (owner, value)."""
    owners: dict[str, str] = {}
    for owner, value in pairs:
        if not isinstance(value, str):
            continue
        first = owners.setdefault(fold(value), owner)
        if first != owner:
            message = Text(
                f"「{value}」は {first} と重なっています。どちらか一方にしてください。",
                f'"{value}" is already used by {first}; keep only one.',
            )
            yield Mistake(owner + key_ending, message)


def _twice(document: Document) -> Iterator[Mistake]:
    numbered = [(f"fields.{number}", field) for number, field in enumerate(_tables(document, "fields"), 1)]
    for key in ("field_id", "name"):
        yield from _repeated(((place, field.get(key)) for place, field in numbered), f".{key}")
    headers = [
        (f"fields.{field.get('name')}", header)
        for _, field in numbered
        for header in {_table(field, "title").get("ja"), *_texts(field, "aliases")}
    ]
    yield from _repeated(sorted(headers, key=str), ".aliases")
    sections = [
        (f"sections.{section.get('key')}", name)
        for section in _tables(document, "sections")
        for name in _texts(section, "fields")
    ]
    yield from _repeated(sections, ".fields")


def _lost_names(document: Document, fields: Mapping[str, Document]) -> Iterator[Mistake]:
    named = [("key_fields", name) for name in _texts(document, "key_fields")]
    for section in _tables(document, "sections"):
        named += [(f"sections.{section.get('key')}.fields", name) for name in _texts(section, "fields")]
    named += [
        (f"fields.{name}.visible_when.field", _table(field, "visible_when").get("field", name))
        for name, field in fields.items()
    ]
    label = document.get("label")
    try:
        named += [("label", part[1]) for part in Formatter().parse(str(label or "")) if part[1] is not None]
    except ValueError:
        message = Text("「{項目名}」の { } が合っていません。", "its braces do not match.")
        yield Mistake("label", message)
    category_field = _table(document, "style").get("category_field")
    if category_field is not None:
        named.append(("style.category_field", category_field))
    for key, name in named:
        if name not in fields:
            yield Mistake(
                key, Text(f"「{name}」という項目は fields にありません。", f'there is no field "{name}" in fields.')
            )


def _crs(document: Document) -> Iterator[Mistake]:
    crs = document.get("crs")
    if isinstance(crs, str) and re.fullmatch(r"EPSG:\d{4,6}", crs):
        try:
            CRS.from_user_input(crs)
        except ProjError:
            yield Mistake("crs", Text(f"「{crs}」という座標系はありません。", f'there is no CRS "{crs}".'))


def _style(document: Document, fields: Mapping[str, Document]) -> Iterator[Mistake]:
    style = _table(document, "style")
    codes = _codes(fields.get(str(style.get("category_field")), {}))
    for category in _tables(style, "categories"):
        if category.get("code") not in codes:
            yield Mistake("style.categories", _not_in_domain(category.get("code"), codes))


def _codes(field: Document) -> list[str]:
    return [code["code"] for code in _tables(_table(field, "domain"), "codes") if isinstance(code.get("code"), str)]


def _not_in_domain(value: object, codes: Iterable[str]) -> Text:
    allowed = ", ".join(codes)
    return Text(
        f"「{value}」は選べる値にありません。選べる値: {allowed}", f'"{value}" is not one of its codes: {allowed}.'
    )


def _field(key: str, field: Document, fields: Mapping[str, Document]) -> Iterator[Mistake]:
    if field["name"] in RESERVED_NAMES:
        yield Mistake(
            f"{key}.name",
            Text("この名前はシステムが使います。別の名前にしてください。", "is reserved: choose another."),
        )
    domain = _table(field, "domain")
    yield from _repeated(
        (
            (f"{key}.domain.codes.{code.get('code')}", spelling)
            for code in _tables(domain, "codes")
            for spelling in [code.get("code"), *_texts(code, "aliases")]
        ),
        ".aliases",
    )
    if "domain" in field and "codes" not in domain:
        message = Text("選べる値(codes)がありません。", "has no codes.")
        yield Mistake(f"{key}.domain", message)
    yield from _values(key, field, fields)


def _values(key: str, field: Document, fields: Mapping[str, Document]) -> Iterator[Mistake]:
    """Checks every value that the definition itself holds against the type and domain of its field."""
    constraints = _table(field, "constraints")
    holders = [(f"{key}.default", field, field["default"])] if "default" in field else []
    holders += [(f"{key}.constraints.enum", field, value) for value in constraints.get("enum") or ()]
    condition = _table(field, "visible_when")
    other = fields.get(str(condition.get("field")), {})
    holders += [(f"{key}.visible_when.values", other, value) for value in condition.get("values") or ()]
    limits = [(limit, constraints[limit]) for limit in ("minimum", "maximum") if limit in constraints]
    for place, holder, value in [*holders, *((f"{key}.constraints.{limit}", field, value) for limit, value in limits)]:
        codes, wanted = _codes(holder), holder.get("type")
        if not fits_type(value, wanted):
            yield Mistake(
                place,
                Text(f"「{value}」は項目の型({wanted})に合いません。", f'"{value}" does not fit the type {wanted}.'),
            )
        elif codes and value not in codes and not _table(holder, "domain").get("allows_other"):
            yield Mistake(place, _not_in_domain(value, codes))
    if len(limits) == 2 and type(limits[0][1]) is type(limits[1][1]) and limits[0][1] > limits[1][1]:
        yield Mistake(
            f"{key}.constraints.minimum", Text("maximum より大きくなっています。", "is greater than maximum.")
        )
    pattern = constraints.get("pattern")
    if isinstance(pattern, str):
        try:
            re.compile(pattern)
        except re.error as error:
            yield Mistake(
                f"{key}.constraints.pattern",
                Text(f"正規表現として読めません({error})。", f"is no regular expression ({error})."),
            )


def fits_type(value: object, field_type: object) -> bool:
    """Tells whether a JSON scalar is a value of a field type; a type that does not exist fits everything."""
    if field_type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if field_type == "real":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field_type == "boolean":
        return isinstance(value, bool)
    if field_type == "text":
        return isinstance(value, str)
    if field_type not in ("date", "datetime"):
        return True
    ending = "Z" if field_type == "datetime" else ""
    try:
        parsed = datetime if field_type == "datetime" else date
        return isinstance(value, str) and value.endswith(ending) and bool(parsed.fromisoformat(value))
    except ValueError:
        return False
