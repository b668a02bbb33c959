"""The OpenAPI document names every route, and no other."""

import re

from flask import Flask
from flask.testing import FlaskClient

from gis_capture.server.openapi import openapi_document


def test_routes_and_document_agree(app: Flask) -> None:
    """A route without a description, or the other way round, fails here."""
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, methods in openapi_document()["paths"].items() for method in methods}

    assert described - {("/attachments/{sha256}", "head")} == routes


def test_operation_ids_are_unique_and_parameters_complete() -> None:
    """What generators of clients rely on."""
    document = openapi_document()
    operations = [(path, what) for path, methods in document["paths"].items() for what in methods.values()]

    assert len({what["operationId"] for _, what in operations}) == len(operations)
    for path, what in operations:
        in_path = {parameter["name"] for parameter in what["parameters"] if parameter["in"] == "path"}
        assert in_path == set(re.findall(r"{(\w+)}", path))


def test_the_document_is_served(client: FlaskClient) -> None:
    """Other programs find it at its usual place."""
    assert client.get("/openapi.json").get_json()["openapi"] == "3.1.0"
