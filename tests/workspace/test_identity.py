"""Ids that features, changes and imports are given."""

from uuid import UUID

from gis_capture.workspace.identity import new_id


def test_ids_sort_by_when_they_were_made() -> None:
    """Each is a UUID of version 7 in its usual form, and comes after all that were made before it."""
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(set(ids))
    assert {UUID(one).version for one in ids} == {7}
    assert ids == [str(UUID(one)) for one in ids]
