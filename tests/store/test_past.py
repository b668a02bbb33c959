"""Layers as they were, what was deleted, and what is known of revisions: the same from every store."""

from collections.abc import Callable
from dataclasses import replace

from gis_capture.model import Attachment
from gis_capture.store import Author, Store
from tests.store.lamps import AT, LAMPS, OFFICE, lamp

LATER = "2026-11-24T02:10:00Z"
PHOTO = Attachment("ab" * 32, "1.jpg", 3, "image/jpeg")


def live(store: Store, write: Callable[..., int]) -> None:
    """Four lamps: one is edited and given a photo that is taken away, one deleted and restored, one deleted."""
    write(lamp("a", number="a"), lamp("b", number="b"), lamp("c", number="c"), lamp("d", number="d"))
    for step in range(4):
        with store.transact(Author("tablet-1", "班員"), at=LATER, note="push") as transaction:
            if step == 0:
                transaction.update(replace(lamp("a", x=137.5, number="a2"), attachments=(PHOTO,)))
                transaction.delete("lamp", "b")
            elif step == 1:
                transaction.insert([lamp("b", number="b2"), lamp("e", number="e")])
                transaction.update(lamp("a", number="a3"))
            elif step == 2:
                transaction.delete("lamp", "c")
            else:
                transaction.delete("lamp", "a")
                transaction.insert([lamp("a", number="a4")])


def test_a_layer_is_read_as_it_was_after_each_revision(store: Store, write: Callable[..., int]) -> None:
    """Values, places, photos and the revision that wrote them; nothing that came later, nothing that had gone."""
    live(store, write)

    def numbers(revision: int) -> dict[str, object]:
        return {one.feature_id: one.fields["number"] for one in store.features_at("lamp", revision)}

    assert numbers(0) == {}
    assert numbers(1) == {"a": "a", "b": "b", "c": "c", "d": "d"}
    assert numbers(2) == {"a": "a2", "c": "c", "d": "d"}
    assert numbers(3) == {"a": "a3", "b": "b2", "c": "c", "d": "d", "e": "e"}
    assert numbers(4) == {"a": "a3", "b": "b2", "d": "d", "e": "e"}
    assert numbers(5) == numbers(99) == {"a": "a4", "b": "b2", "d": "d", "e": "e"}
    [then] = [one for one in store.features_at("lamp", 2) if one.feature_id == "a"]
    assert (then, then.attachments) == (store.feature_at("lamp", "a", 2), (PHOTO,))
    assert then.geometry and then.geometry.x == 137.5  # type: ignore[attr-defined]


def test_what_was_renamed_is_read_by_its_present_name(store: Store, write: Callable[..., int]) -> None:
    """Of a state of before the renaming too."""
    live(store, write)
    fields = tuple(replace(field, name="code") if field.name == "number" else field for field in LAMPS.fields)
    with store.transact(OFFICE, at=LATER) as transaction:
        transaction.put_layer(replace(LAMPS, fields=fields, key_fields=("code",), definition_version=2))
    assert {one.fields["code"] for one in store.features_at("lamp", 2)} == {"a2", "c", "d"}


def test_deleted_features_come_newest_first(store: Store, write: Callable[..., int]) -> None:
    """Those that are there again are not among them; each is as it was last, with the revision that deleted it."""
    live(store, write)
    with store.transact(OFFICE, at=LATER) as transaction:
        transaction.delete("lamp", "e")
    found = list(store.deleted_features("lamp"))
    assert [(one.feature_id, one.fields["number"], one.revision) for one in found] == [("e", "e", 6), ("c", "c", 4)]


def test_revisions_say_who_wrote_them_and_when(store: Store, write: Callable[..., int]) -> None:
    """By number; unknown ones are left out. An instant gives the newest revision before it."""
    live(store, write)
    known = store.revisions([1, 3, 99])
    assert sorted(known) == [1, 3]
    assert (known[3].author, known[3].at, known[3].note) == (Author("tablet-1", "班員"), LATER, "push")
    assert store.revisions([]) == {}
    moments = ("2026-11-23T02:10:00Z", "2026-11-23T02:10:01Z", LATER, "2027-01-01T00:00:00Z")
    assert [store.revision_before(at) for at in moments] == [0, 1, 1, 5]
    assert known[1].at == AT


def test_every_photo_a_feature_has_or_had_is_known(store: Store, write: Callable[..., int]) -> None:
    """For nothing of it to be taken for garbage."""
    live(store, write)
    other = replace(PHOTO, sha256="cd" * 32)
    with store.transact(OFFICE, at=LATER) as transaction:
        transaction.update(replace(lamp("d"), attachments=(other,)))
    assert set(store.attachment_hashes()) == {PHOTO.sha256, other.sha256}
