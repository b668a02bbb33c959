"""Features as they are sent: a page of GeoJSON, and one by its id. Flask and the door before it ask here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import orjson

from gis_capture.model import Layer, encode_json
from gis_capture.report.geojson import to_geojson
from gis_capture.report.geojson_text import columns_to_text
from gis_capture.server.context import Served
from gis_capture.server.feature_query import Page
from gis_capture.store.within import Within

GEOJSON = "application/geo+json"


@dataclass(frozen=True, slots=True)
class SentPage:
    """A page.

    Attributes:
        n_matched: How many features there are on all pages.
        following: The address of the next page; "" where there is none.
    """

    content: bytes
    n_matched: int
    following: str


def feature_page(
    served: Served, page: Page, address: str, arguments: Mapping[str, str], part: Within | None = None
) -> SentPage:
    """Gives a page of GeoJSON.

    Args:
        served: The workspace.
        page: What is asked for.
        address: That was asked, without the query.
        arguments: Of the query.
        part: Of the layer that is seen; None = all of it.
    """
    store = served.workspace.store
    columns = part.page(page.query) if part else store.page(page.layer.key, page.query)
    following = next_page(page, columns.fids, address, arguments, is_cut=columns.is_cut)
    is_all = not following and not page.query.after_fid
    n_matched = len(columns.fids) if is_all else served.count(page.layer.key, page.query, part)
    sent = columns.first(page.limit)
    links = [{"rel": "next", "type": GEOJSON, "href": following}] if following else []
    content = b'{"type":"FeatureCollection","features":[%b],"numberMatched":%d,"numberReturned":%d,"links":%b}' % (
        columns_to_text(page.layer, sent),
        n_matched,
        len(sent.fids),
        orjson.dumps(links),
    )
    return SentPage(content, n_matched, following)


def next_page(
    page: Page, fids: Sequence[int], address: str, arguments: Mapping[str, str], *, is_cut: bool = False
) -> str:
    """The address of the page after the one that these rows, one more than it holds, were read for; "" = none.

    Where it `is_cut`, all of them are on it, and there are more.
    """
    if len(fids) <= page.limit and not is_cut:
        return ""
    return f"{address}?{urlencode({**arguments, 'after': fids[: page.limit][-1]})}"


def one_feature(served: Served, layer: Layer, feature_id: str, part: Within | None = None) -> bytes | None:
    """Gives a feature as GeoJSON, with attachments and how its position was found; None = it is not seen."""
    store = served.workspace.store
    feature = part.feature(feature_id) if part else store.feature(layer.key, feature_id)
    if feature is None:
        return None
    (document,) = to_geojson(layer, [feature])
    document["position"] = feature.position.to_json()
    document["attachments"] = [attachment.to_json() for attachment in feature.attachments]
    return encode_json(document)
