"""Many new features of one layer at once, column by column: what an import hands to the store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Any

from shapely import Geometry

from gis_capture.model.feature import Attachment, Feature, PositionQuality
from gis_capture.model.field import Value


@dataclass(frozen=True, slots=True)
class FeatureColumns:
    """Features without an object for each; all sequences are parallel.

    Attributes:
        fields: Values by field name; a name that is not there means None for all.
        methods: With `accuracies_m` and `notes`, what `PositionQuality` says of one feature.
        attachments: By `feature_id`, of those that have some.
    """

    layer: str
    feature_ids: Sequence[str]
    geometries: Sequence[Geometry | None]
    fields: Mapping[str, Sequence[Value]]
    methods: Sequence[str | None]
    accuracies_m: Sequence[float | None]
    notes: Sequence[str | None]
    attachments: Mapping[str, tuple[Attachment, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Number of features."""
        return len(self.feature_ids)

    @classmethod
    def from_features(cls, features: Sequence[Feature]) -> "FeatureColumns":
        """Takes features of one layer apart; there is at least one."""
        names = dict.fromkeys(name for feature in features for name in feature.fields)
        positions = [feature.position for feature in features]
        return cls(
            features[0].layer,
            [feature.feature_id for feature in features],
            [feature.geometry for feature in features],
            {name: [feature.fields.get(name) for feature in features] for name in names},
            [position.method for position in positions],
            [position.accuracy_m for position in positions],
            [position.note for position in positions],
            {feature.feature_id: feature.attachments for feature in features if feature.attachments},
        )

    def rows(self, start: int, stop: int) -> "FeatureColumns":
        """Gives some of the features, `stop` not among them."""
        return self._select(lambda column: column[start:stop])

    def where(self, is_kept: Sequence[bool]) -> "FeatureColumns":
        """Gives those features for which a parallel sequence says so."""
        return self._select(lambda column: list(compress(column, is_kept)))

    def _select(self, select: Callable[[Sequence[Any]], Sequence[Any]]) -> "FeatureColumns":
        return replace(
            self,
            feature_ids=select(self.feature_ids),
            geometries=select(self.geometries),
            fields={name: select(values) for name, values in self.fields.items()},
            methods=select(self.methods),
            accuracies_m=select(self.accuracies_m),
            notes=select(self.notes),
        )

    def features(self) -> Iterator[Feature]:
        """Gives the features one by one."""
        return map(self.feature, range(len(self)))

    def feature(self, index: int) -> Feature:
        """Gives one of the features."""
        feature_id = self.feature_ids[index]
        return Feature(
            self.layer,
            feature_id,
            self.geometries[index],
            {name: values[index] for name, values in self.fields.items()},
            position=PositionQuality(self.methods[index], self.accuracies_m[index], self.notes[index]),
            attachments=self.attachments.get(feature_id, ()),
        )
