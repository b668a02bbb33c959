"""Sign-in: sessions that begin anew and end, and failures that have to wait."""

from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gis_capture.errors import PeopleError
from gis_capture.people import People, Role
from gis_capture.people.attempts import FREE_BY_ADDRESS, FREE_BY_NAME, MAX_WAIT_S
from tests.people.conftest import ADDRESS, IDLE_S, PASSWORD, WHOLE_S, Clock, open_people


def code_of(action: Callable[[], object]) -> str:
    """The code of the error that something ends with."""
    with pytest.raises(PeopleError) as caught:
        action()
    return str(caught.value.subject["code"])


def sign_in(people: People, *, name: str = "Yamada", password: str = PASSWORD, **more: str) -> str:
    """Signs in; gives the token."""
    return people.sign_in(name, password, **{"address": ADDRESS, **more})[0]


def test_a_person_is_known_by_the_token(people: People) -> None:
    """By the name in any case and width; the principal has the role and what it sees."""
    principal = people.identify(sign_in(people, name=" ｙａｍａｄａ "), "")

    assert principal is not None
    assert (principal.name, principal.role, principal.sees_personal) == ("山田 花子", Role.OFFICE, True)
    assert people.identify("", "") is None and people.identify("x" * 43, "y" * 43) is None


def test_what_the_browser_had_before_is_worth_nothing(people: People) -> None:
    """A token that somebody planted in a browser is not the one after sign-in, and an old session ends."""
    first = sign_in(people, session="planted")
    second = sign_in(people, session=first)

    assert "planted" not in (first, second) and first != second
    assert people.identify("planted", "") is None and people.identify(first, "") is None
    assert people.identify(second, "") is not None


def test_sessions_end_when_unused_and_after_a_day_at_work(people: People, clock: Clock) -> None:
    """Use keeps one alive, but not for ever."""
    unused, used = sign_in(people), sign_in(people)
    for _ in range(WHOLE_S // (IDLE_S // 2) - 1):
        clock.wait(IDLE_S // 2)
        assert people.identify(used, "") is not None
    assert people.identify(unused, "") is None
    clock.wait(IDLE_S // 2)
    assert people.identify(used, "") is None


def test_signing_out_and_a_new_password_end_sessions(people: People) -> None:
    """At once, though the answer was remembered."""
    mine, others = sign_in(people), sign_in(people)
    assert people.identify(mine, "") and people.identify(others, "")
    people.sign_out(mine)
    assert people.identify(mine, "") is None and people.identify(others, "")
    people.accounts.set_password(people.accounts.get("yamada"), "別の長い合い言葉です")
    assert people.identify(others, "") is None
    assert code_of(lambda: sign_in(people)) == "sign_in_failed"


def test_what_another_process_changes_counts_at_once(people: People, path: Path, clock: Clock) -> None:
    """The command line removes an account while the server remembers it."""
    token = sign_in(people)
    assert people.identify(token, "")
    other = open_people(path, clock)
    other.accounts.remove(other.accounts.get("yamada"))
    other.close()

    assert people.identify(token, "") is None


def test_a_name_that_failed_often_waits_longer_each_time(people: People, clock: Clock) -> None:
    """From any address, with the right password too; other names do not wait."""
    waits = []
    for n_failed in range(FREE_BY_NAME + 12):
        address = f"10.0.0.{n_failed}"
        if n_failed >= FREE_BY_NAME:
            with pytest.raises(PeopleError) as caught:
                sign_in(people, address="10.0.1.1")
            assert caught.value.subject["code"] == "too_many_attempts"
            waits.append(int(str(caught.value.subject["wait_s"])))
            clock.wait(waits[-1])
        assert code_of(lambda address=address: sign_in(people, password="wrong", address=address)) == "sign_in_failed"  # type: ignore[misc]

    assert waits == sorted(waits) and waits[0] == 2 and waits[-1] == MAX_WAIT_S
    assert sign_in(people, name="高山")


def test_success_begins_to_count_anew(people: People) -> None:
    """Who mistypes four times a day is never kept waiting."""
    for _ in range(3):
        for _ in range(FREE_BY_NAME - 1):
            assert code_of(lambda: sign_in(people, password="wrong")) == "sign_in_failed"
        assert sign_in(people)


def test_an_address_that_tries_many_names_waits(people: People) -> None:
    """Though none of the names failed often; other addresses do not wait."""
    for number in range(FREE_BY_ADDRESS):
        assert code_of(lambda number=number: sign_in(people, name=f"n{number}")) == "sign_in_failed"  # type: ignore[misc]

    assert code_of(lambda: sign_in(people)) == "too_many_attempts"
    assert sign_in(people, address="192.168.1.21")


class CountingHasher:
    """Notes the hashes that passwords are held against."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.verified: list[str] = []
        self._hasher = hasher
        self.hash = hasher.hash

    def verify(self, kept: str, password: str) -> bool:
        """Notes one."""
        self.verified.append(kept)
        return self._hasher.verify(kept, password)


def test_an_unknown_name_costs_a_hash_too(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the time of an answer tells nobody which names there are; the answer is the same as well."""
    counting = CountingHasher(people._passwords._hasher)
    monkeypatch.setattr(people._passwords, "_hasher", counting)
    told = []
    for name in ("Yamada", "nobody"):
        with pytest.raises(PeopleError) as caught:
            sign_in(people, name=name, password="wrong")
        told.append((str(caught.value), caught.value.subject))

    assert told[0] == told[1]
    # Algorithm, version and cost of both.
    costs = [kept.split("$")[1:4] for kept in counting.verified]
    assert len(costs) == 2 and costs[0] == costs[1]


def test_nobody_can_read_tokens_or_passwords_from_the_file(people: People, path: Path) -> None:
    """Only hashes are kept, and only the server's user may read even those."""
    token = sign_in(people)
    code, _ = people.make_pairing_code("タブレット1", "高山")
    kept = path.read_bytes()

    assert path.stat().st_mode & 0o077 == 0
    assert b"$argon2id$" in kept
    for secret in (token, PASSWORD, code, code.replace("-", "")):
        assert secret.encode() not in kept
