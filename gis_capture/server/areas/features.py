"""Features of layers: pages by box, ids, values and text, as GeoJSON, CSV or FlatGeobuf; and each by its id."""

import io
from collections.abc import Iterable

import shapely
from flask import Blueprint, Response, request

from gis_capture.model import Feature, Layer, Text
from gis_capture.report.flatgeobuf import encode_flatgeobuf
from gis_capture.report.table import write_csv
from gis_capture.server.answers import attachment
from gis_capture.server.authorization import sees_personal
from gis_capture.server.context import served, settings, workspace
from gis_capture.server.errors import NotFoundError, RequestError
from gis_capture.server.feature_answers import GEOJSON, feature_page, next_page, one_feature
from gis_capture.server.feature_query import Page, read_page
from gis_capture.server.seen import within
from gis_capture.store.columns import PAGE_BYTES

area = Blueprint("features", __name__)
_VERTEX_BYTES = 16


@area.get("/layers/<layer>/features")
def list_features(layer: str) -> Response:
    """Gives a page of features."""
    served().adopt_direct_edits()
    store = workspace().store
    definition = _seen(store.layer(layer))
    arguments = request.args.to_dict()
    for name, values in request.args.lists():
        if len(values) > 1:
            raise RequestError(
                Text(f"「{name[:80]}」は1回だけ指定してください。", f'Give "{name[:80]}" only once.'), name=name[:80]
            )
    page = read_page(definition, arguments, settings(), with_personal=sees_personal(layer))
    part = within(layer)
    if page.file_format == "geojson":
        sent = feature_page(served(), page, request.base_url, arguments, part)
        response, n_matched, following = Response(sent.content, mimetype=GEOJSON), sent.n_matched, sent.following
    else:
        rows, is_cut = _some(part.numbered_features(page.query) if part else store.numbered_features(layer, page.query))
        response = _file(page, [one for _, one in rows[: page.limit]])
        n_matched = served().count(layer, page.query, part)
        following = next_page(page, [fid for fid, _ in rows], request.base_url, arguments, is_cut=is_cut)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    response.headers["Feature-Count"] = str(n_matched)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _some(features: Iterable[tuple[int, Feature]]) -> tuple[list[tuple[int, Feature]], bool]:
    """Those that a page may hold, and whether there are more."""
    rows, n_bytes = list[tuple[int, Feature]](), 0
    for row in features:
        if n_bytes > PAGE_BYTES:
            return rows, True
        rows.append(row)
        n_bytes += _VERTEX_BYTES * int(shapely.count_coordinates(row[1].geometry))
    return rows, False


def _file(page: Page, features: list[Feature]) -> Response:
    """A page as CSV with a mark by which Excel knows its encoding, or as FlatGeobuf."""
    if page.file_format == "csv":
        text = io.StringIO(newline="")
        write_csv(text, page.layer, features, encoding="utf-8-sig")
        response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    else:
        response = Response(encode_flatgeobuf(page.layer, features), mimetype="application/flatgeobuf")
    response.headers["Content-Disposition"] = attachment(page.layer.key, page.layer.title.ja, page.file_format)
    return response


@area.get("/layers/<layer>/features/<feature_id>")
def give_feature(layer: str, feature_id: str) -> Response:
    """Gives one feature as GeoJSON, with its attachments and how its position was found."""
    served().adopt_direct_edits()
    content = one_feature(served(), _seen(workspace().store.layer(layer)), feature_id, within(layer))
    if content is None:
        raise NotFoundError(
            Text(
                "この地物はありません。削除されたか、取り込みが取り消されています。",
                "There is no such feature: it was deleted, or its import was undone.",
            ),
            feature_id=feature_id,
        )
    response = Response(content, mimetype=GEOJSON)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _seen(layer: Layer) -> Layer:
    return layer if sees_personal(layer.key) else layer.without_personal()
