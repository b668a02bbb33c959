"""Checks a definition against the published JSON Schema, and says in both languages what does not fit."""

import json
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from gis_capture.definitions.mistakes import Mistake
from gis_capture.resources import layers_dir
from gis_capture.text import Text

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SCHEMA_NAME = "layer.schema.json"

_TYPES = {
    "string": Text("文字", "text"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数", "a number"),
    "boolean": Text("true か false", "true or false"),
    "array": Text("[ ] で囲んだ並び", "a list"),
    "object": Text("{ } で囲んだ組", "a table"),
}


@cache
def schema() -> Mapping[str, Any]:
    """The JSON Schema (2020-12) of `gis-capture.layer/v1`."""
    document: Mapping[str, Any] = json.loads((layers_dir() / SCHEMA_NAME).read_text(encoding="utf-8"))
    return document


@cache
def _quick() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(schema()))


def _surely_fits(document: Any) -> bool:
    try:
        return _quick().is_valid(document)
    except (TypeError, ValueError):
        # A date or time of TOML, a number beyond 64 bits.
        return False


def schema_mistakes(document: Any) -> list[Mistake]:
    """Finds what does not fit the schema, in the order of the document."""
    if _surely_fits(document):
        return []
    # The words come from the slow library, which takes a moment to begin and most never need.
    from jsonschema import Draft202012Validator

    errors = sorted(Draft202012Validator(schema()).iter_errors(document), key=lambda error: list(map(str, error.path)))
    return [mistake for error in errors for mistake in _say(document, error)]


def misspelled_keys(document: Any) -> list[Mistake]:
    """Finds keys that are unknown, but almost a known one; other unknown keys may come from a newer version."""
    return [
        Mistake(
            ".".join(filter(None, (name_path(document, path), key))),
            Text(
                f"「{key}」という設定はありません。「{meant}」ではありませんか。",
                f'There is no setting "{key}"; did you mean "{meant}"?',
            ),
        )
        for path, key, meant in _misspelled(document, schema(), ())
    ]


def name_path(document: Any, path: Iterable[str | int]) -> str:
    """Gives the dotted key; members of lists by their name, key or code, else by number, counted from 1."""
    names, value = [], document
    for step in path:
        value = value[step]
        keys = ("name", "key", "code") if isinstance(value, Mapping) else ()
        name = next((value[key] for key in keys if key in value), None)
        names.append(str(step + 1 if name is None else name) if isinstance(step, int) else step)
    return ".".join(names)


def _misspelled(
    value: Any, rule: Mapping[str, Any], path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Gives (path of the table, its unknown key, the known key that is close to it)."""
    if "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rsplit("/", 1)[-1]]
    if isinstance(value, list):
        for number, member in enumerate(value):
            yield from _misspelled(member, rule.get("items", {}), (*path, number))
    elif isinstance(value, Mapping):
        known = rule.get("properties", {})
        for key, member in value.items():
            if key in known:
                yield from _misspelled(member, known[key], (*path, key))
            elif meant := get_close_matches(key, known, n=1, cutoff=0.75):
                yield path, key, meant[0]


def _say(document: Any, error: "ValidationError") -> Iterator[Mistake]:
    key = name_path(document, error.absolute_path)
    # The library's types allow for errors that are not complete yet; those of iter_errors are.
    found, rule = error.instance, cast(Mapping[str, Any], error.schema)
    limit: Any = error.validator_value
    quoted = json.dumps(found, ensure_ascii=False)[:80]
    if error.validator == "required":
        # Each missing key is an error of its own, but is named only inside the library's message.
        missing = next(name for name in limit if error.message.startswith(repr(name)))
        key = f"{key}.{missing}".lstrip(".")
        yield Mistake(key, Text("必要な設定です。書き加えてください。", "is required: add it."))
    elif error.validator == "type":
        wanted = [_TYPES[name] for name in ([limit] if isinstance(limit, str) else limit)]
        ja, en = " か ".join(text.ja for text in wanted), " or ".join(text.en for text in wanted)
        yield Mistake(key, Text(f"{quoted} ではなく、{ja}で書いてください。", f"{quoted} must be {en}."))
    elif error.validator in ("enum", "const"):
        allowed = ", ".join(map(str, limit)) if isinstance(limit, list) else limit
        yield Mistake(key, Text(f"{quoted} は使えません。使えるもの: {allowed}", f"{quoted} is not one of: {allowed}."))
    else:
        expected = Text.from_json(rule["x-rule"])
        yield Mistake(key, Text(f"{quoted} は使えません。{expected.ja}", f"{quoted} does not fit: {expected.en}"))
