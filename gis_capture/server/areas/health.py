"""Whether the server is well, and the description of all that it answers."""

from importlib.metadata import version

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from gis_capture.server.answers import json_response
from gis_capture.server.context import workspace
from gis_capture.server.daily_backup import last_backup
from gis_capture.server.metrics import METRICS, Metrics
from gis_capture.server.openapi import openapi_document

area = Blueprint("health", __name__)


@area.get("/health")
def health() -> Response:
    """Gives version, epoch, revision, and when the newest backup was made."""
    store = workspace().store
    answer = {
        "status": "ok",
        "version": version("gis-capture"),
        "epoch": store.epoch,
        "revision": store.revision(),
        "last_backup": last_backup(workspace()),
    }
    return json_response(answer)


@area.get("/metrics")
def metrics() -> Response:
    """Gives figures for Prometheus: to a program on the server's own computer, and to administrators."""
    counted: Metrics = current_app.extensions[METRICS]
    return Response(counted.text(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


@area.get("/openapi.json")
def openapi() -> Response:
    """Gives the OpenAPI 3.1 document."""
    return json_response(openapi_document())
