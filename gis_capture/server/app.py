"""Assembles the app from its areas."""

from flask import Flask
from werkzeug.routing import IntegerConverter

from gis_capture.server import answers, authorization, context, errors, logs, security
from gis_capture.server.areas import AREAS
from gis_capture.server.feature_door import FeatureDoor
from gis_capture.server.metrics import METRICS, Metrics
from gis_capture.server.proxied import Proxied
from gis_capture.server.question import Question
from gis_capture.server.tile_door import TileDoor
from gis_capture.workspace import Workspace


class _WholeNumber(IntegerConverter):
    """A number in an address, in the digits 0 to 9: werkzeug's takes those of all scripts, and any number of them."""

    regex = "[0-9]{1,18}"


def create_app(workspace: Workspace) -> Flask:
    """Makes the app that serves a workspace; who opened the workspace closes it."""
    app = Flask("gis_capture", static_folder=None)
    app.request_class = Question
    app.url_map.converters["int"] = _WholeNumber
    app.config["MAX_CONTENT_LENGTH"] = workspace.settings.max_upload_bytes
    context.init_app(app, workspace)
    logs.init_app(app)
    errors.init_app(app)
    answers.init_app(app)
    security.init_app(app, workspace.folder.online_tiles)
    authorization.init_app(app)
    for area in AREAS:
        app.register_blueprint(area)
    served = context.served_by(app)
    door = TileDoor(FeatureDoor(app.wsgi_app, served), served)
    areas = {rule.rule.split("/", 2)[1] for rule in app.url_map.iter_rules()} - {""}
    metrics = app.extensions[METRICS] = Metrics(door, workspace, {*areas, "office"})
    app.wsgi_app = Proxied(metrics, workspace.folder.proxies)  # type: ignore[method-assign]
    return app
