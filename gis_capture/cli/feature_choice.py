"""How commands are told which feature is meant: by its id, its label, or the value of a key field."""

from typing import TYPE_CHECKING

from gis_capture.errors import FeatureError
from gis_capture.model import Feature, Layer
from gis_capture.model.label import label_of
from gis_capture.text import Text

if TYPE_CHECKING:
    from gis_capture.workspace import Workspace

MAX_NAMED = 5


def find_feature(workspace: "Workspace", layer: str, words: str, *, is_deleted: bool | None = None) -> str:
    """Gives the id of the one feature that is called so; `is_deleted` looks only among those that are, or are not.

    Raises:
        LayerError: There is no such layer.
        FeatureError: There is none, or more than one.
    """
    from gis_capture.store.protocol import FeatureQuery

    store = workspace.store
    definition = store.layer(layer)
    found: dict[str, Feature] = {}
    if is_deleted is not True:
        there = store.feature(layer, words)
        candidates = [there] if there else store.features(layer, FeatureQuery(text=words.split()[0] if words else ""))
        found |= {one.feature_id: one for one in candidates if _is_called(definition, one, words)}
    if is_deleted is not False and not found:
        gone = store.deleted(layer, words)
        candidates = [gone] if gone else store.deleted_features(layer)
        found |= {one.feature_id: one for one in candidates if _is_called(definition, one, words)}
    if len(found) == 1:
        return next(iter(found))
    ids = "、".join(list(found)[:MAX_NAMED])
    raise FeatureError(
        Text(
            f"「{words}」にあたるものが {len(found):,} 件あります。識別番号で指定してください: {ids}"
            if found
            else f"「{words}」は「{definition.title.ja}」にありません。台帳の番号か識別番号で指定してください。",
            f'"{words}" is the name of {len(found):,} features: give the id of one: {ids}'
            if found
            else f'There is no "{words}" in layer "{layer}": give its ledger number or its id.',
        ),
        layer=layer,
    )


def _is_called(layer: Layer, feature: Feature, words: str) -> bool:
    names = {feature.feature_id, label_of(layer, feature.fields)}
    return words in names | {str(feature.fields.get(name)) for name in layer.key_fields}
