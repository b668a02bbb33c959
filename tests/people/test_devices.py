"""Tablets: paired by a code once, refused at the next contact."""

from gis_capture.people import People, Right, Role
from gis_capture.people.attempts import FREE_BY_ADDRESS
from gis_capture.people.people import NOTED_EVERY_S, PAIRING_CODE_S
from tests.people.conftest import ADDRESS, Clock
from tests.people.test_sign_in import code_of, sign_in


def pair(people: People, tablet_id: str = "tablet-1", name: str = "タブレット1") -> str:
    """Pairs a tablet; gives its token."""
    return people.pair(people.make_pairing_code(name, "高山")[0], tablet_id, address=ADDRESS)[0]


def test_a_code_pairs_one_tablet_once(people: People, clock: Clock) -> None:
    """It is known by its token from then on, as one of the crew; the code is used up, and expires."""
    code, ends_at = people.make_pairing_code("タブレット1", "高山")
    token, device = people.pair(code.lower(), "tablet-1", address=ADDRESS)
    principal = people.identify("", token)

    assert principal is not None and ends_at > clock()
    assert (principal.kind, principal.name, principal.role) == ("device", "タブレット1", Role.CREW)
    assert (principal.sees_personal, device.paired_by) == (False, "高山")
    assert code_of(lambda: people.pair(code, "tablet-2", address=ADDRESS)) == "code_wrong"
    late, _ = people.make_pairing_code("タブレット2", "高山")
    clock.wait(PAIRING_CODE_S)
    assert code_of(lambda: people.pair(late, "tablet-2", address=ADDRESS)) == "code_wrong"


def test_codes_are_not_found_by_trying(people: People) -> None:
    """An address that tries many has to wait, with the right one too."""
    code, _ = people.make_pairing_code("タブレット1", "高山")
    for number in range(FREE_BY_ADDRESS):
        assert code_of(lambda number=number: people.pair(f"{number:08}", "t", address=ADDRESS)) == "code_wrong"  # type: ignore[misc]
    assert code_of(lambda: people.pair(code, "t", address=ADDRESS)) == "too_many_attempts"


def test_a_locked_tablet_is_refused_until_it_is_unlocked(people: People) -> None:
    """Who is signed in on it is out as well; a session on another computer is not."""
    token, elsewhere = pair(people), sign_in(people)
    on_tablet = sign_in(people, device=token)
    assert people.identify(on_tablet, token) and people.identify("", token)
    device = people.devices.set_state(people.devices.get("タブレット1"), "locked")

    for session in ("", on_tablet):
        assert code_of(lambda session=session: people.identify(session, token)) == "device_locked"  # type: ignore[misc]
    assert people.identify(elsewhere, "")
    people.devices.set_state(device, "active")
    assert people.identify("", token)


def test_a_revoked_tablet_stays_out(people: People) -> None:
    """It cannot be unlocked; paired anew it is another one."""
    token = pair(people)
    device = people.devices.set_state(people.devices.get("タブレット1"), "revoked")

    assert code_of(lambda: people.devices.set_state(device, "active")) == "device_stays_revoked"
    assert code_of(lambda: people.identify("", token)) == "device_revoked"
    again = pair(people)
    assert people.identify("", again)
    assert [one.state for one in people.devices.all()] == ["active", "revoked"]


def test_the_app_of_a_tablet_is_one_device(people: People) -> None:
    """Pairing it once more ends what it was before; other tablets stay."""
    first, other = pair(people), pair(people, "tablet-2", "タブレット2")
    pair(people, name="新しい名前")

    assert code_of(lambda: people.identify("", first)) == "device_revoked"
    assert people.identify("", other)


def test_each_crew_of_a_tablet_sends_under_an_id_of_its_own(people: People) -> None:
    """Which no other tablet takes; paired anew, a tablet keeps those of all its crews."""
    token = pair(people)
    pair(people, "tablet-2", "タブレット2")
    mine, other = people.devices.get("タブレット1").device_id, people.devices.get("タブレット2").device_id
    people.devices.claim(mine, "crew-b")
    people.devices.claim(mine, "crew-b")
    for taken in ("tablet-1", "crew-b"):
        assert code_of(lambda taken=taken: people.devices.claim(other, taken)) == "device_differs"  # type: ignore[misc]
    pair(people, "crew-b", "タブレット1")

    people.devices.claim(people.devices.get("タブレット1").device_id, "tablet-1")
    assert code_of(lambda: people.identify("", token)) == "device_revoked"


def test_a_tablet_has_rights_of_its_own(people: People) -> None:
    """Or those of the crew."""
    token = pair(people)
    people.accounts.grant("role:crew", "welfare", Right.NONE)
    people.accounts.grant(f"device:{people.devices.get('タブレット1').device_id}", "road", Right.READ)
    principal = people.identify("", token)

    assert principal is not None
    assert [principal.right(layer) for layer in ("welfare", "road", "park")] == [Right.NONE, Right.READ, Right.EDIT]


def test_the_office_sees_when_a_tablet_was_heard_of(people: People, clock: Clock) -> None:
    """To a few minutes, so that tiles do not write all the time."""
    token = pair(people)
    paired_at = clock()
    clock.wait(NOTED_EVERY_S - 1)
    people.identify("", token)
    assert people.devices.get("タブレット1").contact_at == paired_at
    clock.wait(1)
    people.identify("", token)
    assert people.devices.get("タブレット1").contact_at == clock()
