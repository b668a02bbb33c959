"""The settings of the office, shown and changed."""

import os

from flask import Blueprint, Response

from gis_capture.server.answers import json_response
from gis_capture.server.bodies import read_json
from gis_capture.server.context import workspace
from gis_capture.server.errors import RequestError
from gis_capture.text import Text
from gis_capture.workspace.office_settings import list_settings, write_setting

area = Blueprint("office_settings", __name__, url_prefix="/settings")
MAX_BYTES = 10_000


@area.get("")
def show() -> Response:
    """Gives all settings with their values, as they count from the next start."""
    states = list_settings(workspace().folder.path, os.environ)
    return json_response({"settings": [state.to_json() for state in states]})


@area.put("/<name>")
def change(name: str) -> Response:
    """Writes a setting, or takes it back to its default; gives it as it is then."""
    body = read_json(max_bytes=MAX_BYTES)
    value = body.get("value") if isinstance(body, dict) else False
    if not (value is None or isinstance(value, str)):
        raise RequestError(Text("value は文字列か null にしてください。", "Give value as text, or as null."))
    folder = workspace().folder.path
    write_setting(folder, name, value)
    state = next(state for state in list_settings(folder, os.environ) if state.name == name)
    return json_response(state.to_json())
