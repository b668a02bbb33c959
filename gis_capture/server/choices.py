"""What a person chose for an upload: how it is read, how its rows are placed, where they go."""

import json
from collections.abc import Mapping
from typing import Any

from gis_capture.ledger.recipes.recipe import PlaceRule
from gis_capture.locate.said import NOTHING_SAID, Said
from gis_capture.model import Text
from gis_capture.model.roles import WAYS
from gis_capture.server.errors import RequestError
from gis_capture.workspace import Workspace

_KINDS: dict[str, type] = {
    "layer": str,
    "table": str,
    "crs": str,
    "matches": dict,
    "recipe": str,
    "is_repeat_allowed": bool,
    "is_list": bool,
    "is_update": bool,
    "key": list,
    "base": str,
    "roles": dict,
    "notation": str,
    "place_by": str,
    "against": list,
    "place_column": str,
}
POSITION = ("crs", "recipe", "said", "place_by", "against", "place_column", "track")
"""Of a choice that was read: what decides where rows lie."""


def read_choice(body: Mapping[str, Any], workspace: Workspace) -> dict[str, Any]:
    """Reads a choice as arguments of `Workspace.convert`; keys that are not known are left out.

    Raises:
        RequestError: A value does not fit.
        FieldError: No such role or notation.
        LayerError: No such layer.
        RecipeError: No such recipe.
    """
    choice = {name: body[name] for name in _KINDS if body.get(name) not in (None, "", [], {})}
    for name, value in choice.items():
        if not isinstance(value, _KINDS[name]) or not _holds_texts(value):
            raise RequestError(Text(f"「{name}」の値が正しくありません。", f'The value of "{name}" does not fit.'))
    said = Said.from_json({name: choice.pop(name, None) for name in ("roles", "notation")})
    if said != NOTHING_SAID:
        choice["said"] = said
    if choice.get("place_by", WAYS[0]) not in WAYS:
        raise RequestError(Text("「place_by」の値が正しくありません。", 'The value of "place_by" does not fit.'))
    for key in (*filter(None, [choice.get("layer")]), *choice.get("against", ())):
        workspace.known_layer(key)
    if "recipe" in choice:
        choice["recipe"] = workspace.recipes.read(choice["recipe"])
    return choice


def read_query(arguments: Any, workspace: Workspace) -> dict[str, Any]:
    """Reads a choice from a query, where `roles` is JSON, and `key` and `against` may be repeated.

    Raises:
        RequestError: As `read_choice`.
    """
    body: dict[str, Any] = dict(arguments)
    body |= {name: arguments.getlist(name) for name in ("key", "against")}
    if arguments.get("roles"):
        body["roles"] = read_json_argument("roles", arguments)
    for name in ("matches", "is_repeat_allowed", "is_list", "is_update"):
        body.pop(name, None)
    return read_choice(body, workspace)


def read_json_argument(name: str, arguments: Mapping[str, str]) -> Any:
    """Reads an argument of a query that is JSON.

    Raises:
        RequestError: It is none.
    """
    try:
        return json.loads(arguments[name])
    except (ValueError, RecursionError) as error:
        raise RequestError(Text(f"「{name}」が JSON ではありません。", f'"{name}" is no JSON.')) from error


def place_rule(choice: Mapping[str, Any]) -> PlaceRule | None:
    """How rows are placed, in the form of a recipe."""
    if not choice.get("place_by"):
        return None
    return PlaceRule(choice["place_by"], tuple(choice.get("against", ())), choice.get("place_column", ""))


def _holds_texts(value: Any) -> bool:
    if isinstance(value, dict):
        return all(field is None or isinstance(field, str) for field in value.values())
    return not isinstance(value, list) or all(isinstance(one, str) for one in value)
