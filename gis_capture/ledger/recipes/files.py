"""Recipes as TOML files; every mistake in one is told with its place."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from gis_capture.errors import RecipeError
from gis_capture.ledger.recipes.recipe import (
    MERGED_NUMBERS,
    ColumnRule,
    FormRule,
    FormValue,
    PlaceRule,
    Recipe,
    TableRule,
)
from gis_capture.ledger.values.eras import ERA_OF
from gis_capture.model import FieldType
from gis_capture.model.roles import NOTATIONS, ROLES, WAYS
from gis_capture.text import Text

FORMAT = "gis-capture.recipe/v1"
SUFFIX = ".toml"
_MAX_BYTES = 4 << 20
_MAX_MISTAKES = 10
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_TYPES = tuple(kind.value for kind in FieldType)
_HEAD = """# 台帳の読み取り方（レシピ）。メモ帳で直せます。 How ledgers of this shape are read; any text editor will do.
# docs/format.md の「Recipe」に全部の項目があります。 All keys are in docs/format.md, "Recipe".
"""


def read_recipe(path: Path) -> Recipe:
    """Reads a recipe file.

    Raises:
        RecipeError: It is missing, no TOML, of a newer format, or holds mistakes; all of them are named.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"> {_MAX_BYTES >> 20} MB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise _unreadable(path.name, str(error)) from error
    return parse_recipe(text, name=path.name)


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Writes a recipe file."""
    path.write_text(format_recipe(recipe), encoding="utf-8", newline="\n")


def parse_recipe(text: str, *, name: str = "") -> Recipe:
    """Reads the text of a recipe; `name` is the file's, for the messages.

    Raises:
        RecipeError: As `read_recipe`.
    """
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _unreadable(name, str(error)) from error
    found = document.get("format")
    if found != FORMAT:
        raise RecipeError(
            Text(
                f"「{name}」の形式「{found}」は、この版で使えるレシピ（{FORMAT}）ではありません。",
                f'"{name}" has the format "{found}"; this version reads {FORMAT}.',
            ),
            path=name,
        )
    reader = _Reader(document)
    recipe = reader.recipe()
    if reader.mistakes:
        listed = reader.mistakes[:_MAX_MISTAKES]
        raise RecipeError(
            Text(
                f"レシピ「{name}」に誤りがあります：{'、'.join(m.ja for m in listed)}",
                f'The recipe "{name}" has mistakes: {"; ".join(m.en for m in listed)}',
            ),
            path=name,
        )
    return recipe


def format_recipe(recipe: Recipe) -> str:
    """Writes a recipe as TOML; what is as usual is left out."""
    document: dict[str, Any] = {"format": FORMAT}
    for key in ("name", "made_from", "layer", "crs", "encoding", "notation"):
        if value := getattr(recipe, key):
            document[key] = value
    if placed := recipe.place_by:
        document["place_by"] = _without_nothing(
            {"way": placed.way, "against": list(placed.against), "column": placed.column}
        )
    if recipe.tables:
        document["tables"] = [_table_document(rule) for rule in recipe.tables]
    if recipe.forms:
        document["forms"] = [_form_document(form) for form in recipe.forms]
    return _HEAD + tomli_w.dumps(document)


def _table_document(rule: TableRule) -> dict[str, Any]:
    document: dict[str, Any] = {
        "layer": rule.layer,
        "sheet": rule.sheet,
        "header_rows": list(rule.header_rows),
        "first_data_row": rule.first_data_row,
        "section_column": rule.section_column,
        "key": list(rule.key),
    }
    columns = [
        {
            "name": column.name,
            "position": column.position,
            "field": column.field,
            "type": column.type,
            "era": column.era,
            "unit": column.unit,
            "merged_number": column.merged_number,
            "ditto": None if column.ditto else False,
            "blank_means_above": column.blank_means_above or None,
            "optional": column.is_optional or None,
            "role": column.role,
        }
        for column in rule.columns
    ]
    kept = {key: value for key, value in document.items() if value not in (None, "", [])}
    return kept | {"columns": [_without_nothing(column) for column in columns]}


def _form_document(form: FormRule) -> dict[str, Any]:
    values = [
        {key: getattr(value, key) for key in ("name", "label", "label_cell", "value_cell", "field")}
        for value in form.values
    ]
    return {"sheets": form.sheets, "values": [_without_nothing(value) for value in values]}


def _without_nothing(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if value is not None and value != ""}


class _Reader:
    """Reads a document and gathers what is wrong with it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.mistakes: list[Text] = []

    def recipe(self) -> Recipe:
        document = self.document
        plain = ("format", "name", "made_from", "layer", "crs", "encoding", "notation")
        self._known(document, "", (*plain, "place_by", "tables", "forms"))
        encoding = self._text(document, "", "encoding")
        if encoding:
            try:
                "".encode(encoding)
            except (LookupError, ValueError):
                self._wrong("encoding", encoding)
        notation = next((known for known in NOTATIONS if known == document.get("notation")), None)
        if notation is None and document.get("notation") is not None:
            self._wrong("notation", document["notation"])
        recipe = Recipe(
            name=self._text(document, "", "name") or "",
            made_from=self._text(document, "", "made_from") or "",
            layer=self._text(document, "", "layer"),
            crs=self._text(document, "", "crs"),
            encoding=encoding,
            notation=notation,
            place_by=self._place_by(document.get("place_by")),
            tables=tuple(self._table(t, f"tables[{n}]") for n, t in enumerate(self._list(document, "", "tables"), 1)),
            forms=tuple(self._form(f, f"forms[{n}]") for n, f in enumerate(self._list(document, "", "forms"), 1)),
        )
        if not self.mistakes and not recipe.tables and not recipe.forms:
            self.mistakes.append(Text("tables も forms もありません", "it has neither tables nor forms"))
        return recipe

    def _place_by(self, found: Any) -> PlaceRule | None:
        if found is None:
            return None
        at = "place_by"
        if not isinstance(found, dict):
            self._wrong(at, found)
            return None
        self._known(found, at, ("way", "against", "column"))
        against = found.get("against")
        if not isinstance(against, list) or not against or not all(isinstance(key, str) for key in against):
            self._wrong(f"{at}.against", against)
            against = []
        way = self._needed(found, at, "way")
        if way and way not in WAYS:
            self._wrong(f"{at}.way", way)
        return PlaceRule(way, tuple(against), self._text(found, at, "column") or "")

    def _table(self, document: Mapping[str, Any], at: str) -> TableRule:
        self._known(
            document, at, ("layer", "sheet", "header_rows", "first_data_row", "section_column", "key", "columns")
        )
        columns = tuple(
            self._column(c, f"{at}.columns[{n}]") for n, c in enumerate(self._list(document, at, "columns"), 1)
        )
        names = [column.name for column in columns]
        fields = [column.field for column in columns if column.field]
        for doubled in sorted({n for n in names if names.count(n) > 1} | {f for f in fields if fields.count(f) > 1}):
            self._wrong(f"{at}.columns", doubled)
        if not columns:
            self._wrong(f"{at}.columns", "[]")
        rows = document.get("header_rows", [])
        if not (isinstance(rows, list) and all(_is_row(row) for row in rows) and rows == sorted(set(rows))):
            self._wrong(f"{at}.header_rows", rows)
            rows = []
        first = document.get("first_data_row")
        if first is not None and not (_is_row(first) and (not rows or first > rows[-1])):
            self._wrong(f"{at}.first_data_row", first)
            first = None
        key = document.get("key", [])
        if not isinstance(key, list) or not all(name in names for name in key):
            self._wrong(f"{at}.key", key)
            key = []
        return TableRule(
            columns=columns,
            sheet=self._text(document, at, "sheet"),
            header_rows=tuple(rows),
            first_data_row=first,
            section_column=self._text(document, at, "section_column"),
            key=tuple(key),
            layer=self._text(document, at, "layer"),
        )

    def _column(self, document: Mapping[str, Any], at: str) -> ColumnRule:
        known = ("name", "position", "field", "type", "era", "unit", "merged_number")
        self._known(document, at, (*known, "ditto", "blank_means_above", "optional", "role"))
        merged = document.get("merged_number")
        if merged is not None and merged not in MERGED_NUMBERS:
            self._wrong(f"{at}.merged_number", merged)
            merged = None
        kind, era, role = (self._text(document, at, name) for name in ("type", "era", "role"))
        if role is not None and role not in ROLES:
            self._wrong(f"{at}.role", role)
        if kind is not None and kind not in _TYPES:
            self._wrong(f"{at}.type", kind)
        if era is not None and era not in ERA_OF:
            self._wrong(f"{at}.era", era)
        return ColumnRule(
            name=self._needed(document, at, "name"),
            position=self._text(document, at, "position") or "",
            field=self._text(document, at, "field"),
            type=kind,
            era=era,
            unit=self._text(document, at, "unit"),
            merged_number=merged,
            ditto=self._truth(document, at, "ditto", otherwise=True),
            blank_means_above=self._truth(document, at, "blank_means_above", otherwise=False),
            is_optional=self._truth(document, at, "optional", otherwise=False),
            role=role,
        )

    def _form(self, document: Mapping[str, Any], at: str) -> FormRule:
        self._known(document, at, ("sheets", "values"))
        values = []
        for n, value in enumerate(self._list(document, at, "values"), 1):
            here = f"{at}.values[{n}]"
            self._known(value, here, ("name", "label", "label_cell", "value_cell", "field"))
            cells = [self._needed(value, here, key) for key in ("label_cell", "value_cell")]
            for cell in cells:
                if cell and not _CELL.fullmatch(cell):
                    self._wrong(here, cell)
            label = self._needed(value, here, "label")
            name = self._text(value, here, "name") or label
            values.append(FormValue(name, label, cells[0], cells[1], self._text(value, here, "field")))
        if not values:
            self._wrong(f"{at}.values", "[]")
        return FormRule(tuple(values), self._text(document, at, "sheets") or "*")

    def _known(self, document: Mapping[str, Any], at: str, keys: tuple[str, ...]) -> None:
        for key in document:
            if key not in keys:
                self.mistakes.append(
                    Text(f"「{_join(at, key)}」という項目はありません", f'there is no key "{_join(at, key)}"')
                )

    def _list(self, document: Mapping[str, Any], at: str, key: str) -> list[dict[str, Any]]:
        found = document.get(key, [])
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return found
        self._wrong(_join(at, key), found)
        return []

    def _text(self, document: Mapping[str, Any], at: str, key: str) -> str | None:
        value = document.get(key)
        if value is not None and not isinstance(value, str):
            self._wrong(_join(at, key), value)
            return None
        return value or None

    def _needed(self, document: Mapping[str, Any], at: str, key: str) -> str:
        value = self._text(document, at, key)
        if value is None and not document.get(key):
            self.mistakes.append(Text(f"「{_join(at, key)}」がありません", f'"{_join(at, key)}" is missing'))
        return value or ""

    def _truth(self, document: Mapping[str, Any], at: str, key: str, *, otherwise: bool) -> bool:
        value = document.get(key, otherwise)
        if not isinstance(value, bool):
            self._wrong(_join(at, key), value)
            return otherwise
        return value

    def _wrong(self, at: str, value: object) -> None:
        shown = str(value)[:60]
        self.mistakes.append(Text(f"「{at}」の値「{shown}」が正しくありません", f'"{shown}" is no value for "{at}"'))


def _join(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _is_row(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000_000


def _unreadable(name: str, reason: str) -> RecipeError:
    return RecipeError(
        Text(f"レシピ「{name}」を読めません（{reason}）。", f'The recipe "{name}" cannot be read ({reason}).'),
        path=name,
    )
