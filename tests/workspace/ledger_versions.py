"""Ledgers of street lights as text, one version after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from gis_capture.store.protocol import Author, FeatureQuery
from gis_capture.workspace import Workspace

LAYER = "street_light"
COLUMNS = ("管理番号", "状態", "光源", "住所", "備考", "経度", "緯度")


def light(number: str, **cells: str) -> dict[str, str]:
    """A row; what is not given is what most rows say."""
    place = sum(map(ord, number)) % 997
    usual = {
        "管理番号": number,
        "状態": "点灯",
        "光源": "LED",
        "住所": f"本町{place}番地",
        "経度": f"{137.2 + place / 10_000:.4f}",
        "緯度": "36.14",
    }
    return usual | cells


def write_version(path: Path, rows: Iterable[Mapping[str, str]], *, columns: tuple[str, ...] = COLUMNS) -> Path:
    """Writes a version as CSV."""
    lines = [",".join(columns), *(",".join(row.get(column, "") for column in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return path


def values_of(workspace: Workspace, field: str) -> dict[str, object]:
    """The values of a field by ledger number."""
    return {
        str(feature.fields["ledger_number"]): feature.fields.get(field) for feature in workspace.store.features(LAYER)
    }


def edit(workspace: Workspace, number: str, **fields: Any) -> None:
    """A crew changes fields of a light."""
    with workspace.store.transact(Author("tablet-1", "田中"), at=workspace.clock()) as transaction:
        (feature,) = transaction.features(LAYER, FeatureQuery(equals={"ledger_number": number}))
        geometry = fields.pop("geometry", feature.geometry)
        transaction.update(replace(feature, geometry=geometry, fields={**feature.fields, **fields}))


def remove(workspace: Workspace, number: str) -> None:
    """A crew deletes a light."""
    with workspace.store.transact(Author("tablet-1", "田中"), at=workspace.clock()) as transaction:
        (feature,) = transaction.features(LAYER, FeatureQuery(equals={"ledger_number": number}))
        transaction.delete(LAYER, feature.feature_id)
