"""Whether the server is well, and the description of all that it answers."""

from importlib.metadata import version

from flask import Blueprint, Response

from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.openapi import openapi_document

area = Blueprint("health", __name__)


@area.get("/health")
def health() -> Response:
    """Gives version, epoch and revision."""
    store = workspace().store
    answer = {
        "status": "ok",
        "version": version("gis-capture"),
        "epoch": store.epoch,
        "revision": store.revision(),
    }
    return json_response(answer)


@area.get("/openapi.json")
def openapi() -> Response:
    """Gives the OpenAPI 3.1 document."""
    return json_response(openapi_document())
