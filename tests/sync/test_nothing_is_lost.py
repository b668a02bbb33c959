"""Tablets, an office and a bad network against the store: nothing is lost, everybody ends up with the same.

Each captured value is a word of its own, so that it can be looked for afterwards.
`GIS_CAPTURE_SYNC_EXAMPLES=500` runs longer.
"""

import itertools
import os
import tempfile
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from gis_capture.store import Store, open_store
from gis_capture.store.protocol import Author
from gis_capture.sync.conflicts import list_conflicts, resolve
from gis_capture.sync.office import Office, list_waiting
from gis_capture.sync.pull import pull
from gis_capture.sync.push import push
from tests.stores import empty_schema
from tests.sync.field_tablet import FieldTablet
from tests.sync.tablets import AT, fill, lamp, lines_of

N_EXAMPLES = int(os.environ.get("GIS_CAPTURE_SYNC_EXAMPLES", "10"))
FIELDS = FieldTablet.fields  # "number" is unique: its clashes are rejected
TABLETS = st.integers(0, 2)
PICK = st.integers(0, 5)


class Day(RuleBasedStateMachine):
    """One day of work."""

    def __init__(self, database: str | None = None) -> None:
        super().__init__()
        self.resources = ExitStack()
        if database is None:
            folder = self.resources.enter_context(tempfile.TemporaryDirectory())
            place: Path | str = Path(folder) / "layers.gpkg"
        else:
            place = self.resources.enter_context(empty_schema(database))
        self.store: Store = open_store(place, create=True)
        self.tablets = [FieldTablet(f"tablet-{number}") for number in range(3)]
        self.office = Office(self.store, Author("office"), lambda: AT, self.new_id)
        self.numbers = itertools.count(1)
        self.captured: set[str] = set()
        self.given_up: set[str] = set()
        self.sent: list[dict[str, Any]] = []
        self.late: list[dict[str, Any]] = []

    def new_id(self) -> str:
        """A UUID that is the same whenever a failing day is repeated."""
        return str(uuid.UUID(int=next(self.numbers)))

    def word(self) -> str:
        """A value that nobody else has."""
        word = f"語{next(self.numbers)}"
        self.captured.add(word)
        return word

    @initialize()
    def begin(self) -> None:
        """Two lamps are in the ledger."""
        fill(self.store, lamp("f1", name=self.word()), lamp("f2", name=self.word()))
        for tablet in self.tablets:
            self.pull_all(tablet)

    @rule(at=TABLETS, number=st.none() | st.sampled_from(["K-1", "K-2"]))
    def capture(self, at: int, number: str | None) -> None:
        """A crew finds a lamp."""
        fields = {"name": {"old": None, "new": self.word()}, "number": {"old": None, "new": number}}
        self.tablets[at].make(self.new_id(), "insert", self.new_id(), fields)

    @rule(at=TABLETS, pick=PICK, name=st.sampled_from(FIELDS))
    def edit(self, at: int, pick: int, name: str) -> None:
        """A crew writes a field of a lamp it sees."""
        seen = self.tablets[at].view()
        if seen:
            feature_id = sorted(seen)[pick % len(seen)]
            fields = {name: {"old": seen[feature_id].get(name), "new": self.word()}}
            self.tablets[at].make(self.new_id(), "update", feature_id, fields)

    @rule(at=TABLETS, pick=PICK)
    def delete(self, at: int, pick: int) -> None:
        """A crew takes a lamp away; what it sees of it is given up knowingly."""
        seen = self.tablets[at].view()
        if seen:
            feature_id = sorted(seen)[pick % len(seen)]
            self.given_up |= {value for value in seen[feature_id].values() if value}
            self.tablets[at].make(self.new_id(), "delete", feature_id, {})

    @rule(at=TABLETS, network=st.sampled_from(["good", "no answer", "no request", "twice", "late", "reordered"]))
    def push(self, at: int, network: str) -> None:
        """A tablet sends its outbox over a network that may lose, repeat and delay."""
        tablet = self.tablets[at]
        message = tablet.message()
        if network == "reordered":
            message["changes"].reverse()
        if network == "late":
            self.late.append(message)
        if network in ("late", "no request"):
            return
        receipts = self.deliver(message)
        if network == "twice":
            assert self.deliver(message) == receipts
        if network != "no answer":
            tablet.hear(receipts)

    @rule()
    @precondition(lambda self: self.late)
    def arrive(self) -> None:
        """A request that everybody had forgotten arrives."""
        self.deliver(self.late.pop(0))

    @rule(at=TABLETS, limit=st.integers(1, 4))
    def pull(self, at: int, limit: int) -> None:
        """A tablet pulls one page; it may be cut before the next."""
        tablet = self.tablets[at]
        tablet.apply(self.lines(tablet, limit=limit))

    @rule(pick=PICK, take=st.sampled_from(["stored", "incoming"]))
    def decide(self, pick: int, take: str) -> None:
        """The office closes one field of a conflict record; both values stay in the record."""
        records = list_conflicts(self.store)
        if records:
            record = records[pick % len(records)]
            clash = next(clash for clash in record["fields"] if clash["state"] == "open")
            self.attempt(lambda: resolve(self.office, record["conflict_id"], {clash["field"]: {"take": take}}))

    @rule(pick=PICK)
    def let_through(self, pick: int) -> None:
        """The office lets a held change through."""
        held = [one for one in list_waiting(self.store) if one["receipt"]["status"] == "held"]
        if held:
            self.office.release(held[pick % len(held)]["change_id"])

    @rule(pick=PICK)
    def write_at_the_desk(self, pick: int) -> None:
        """The office edits a feature straight in the store."""
        features = list(self.store.features("lamp"))
        if features:
            feature = features[pick % len(features)]
            self.given_up.add(str(feature.fields["name"]))
            with self.store.transact(Author("office"), at=AT) as transaction:
                transaction.update(replace(feature, fields={**feature.fields, "name": self.word()}))

    def attempt(self, decide: Callable[[], Any]) -> None:
        """Decides; a value that the layer does not take (a number that is taken by now) changes nothing."""
        revision = self.store.revision()
        try:
            decide()
        except ValueError:
            assert self.store.revision() == revision

    def deliver(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """A request reaches the server."""
        self.sent.append(message)
        receipts: list[dict[str, Any]] = push(self.store, message, clock=lambda: AT, new_id=self.new_id)["receipts"]
        return receipts

    def lines(self, tablet: FieldTablet, limit: int | None = None) -> list[dict[str, Any]]:
        """A page for a tablet."""
        query: dict[str, Any] = {"layers": ["lamp"], "clock": lambda: AT, "limit": limit}
        return lines_of(pull(self.store, since=tablet.revision, cursor=tablet.cursor, **query))

    def pull_all(self, tablet: FieldTablet) -> None:
        """A tablet pulls to the end."""
        tablet.apply(self.lines(tablet))
        while tablet.cursor:
            tablet.apply(self.lines(tablet))

    def teardown(self) -> None:
        """At the end of the day the network is good: everything is sent and pulled, then looked for."""
        try:
            for message in self.late:
                self.deliver(message)
            for tablet in self.tablets * 2:
                tablet.hear(self.deliver(tablet.message()))
                self.pull_all(tablet)
            for tablet in self.tablets:
                self.pull_all(tablet)
            self.check()
        finally:
            self.store.close()
            self.resources.close()

    def check(self) -> None:
        """The guarantees."""
        stored = {feature.feature_id: feature for feature in self.store.features("lamp")}
        for tablet in self.tablets:
            copy = {feature_id: feature.values for feature_id, feature in tablet.copy.items()}
            assert copy == {key: {name: one.fields[name] for name in FIELDS} for key, one in stored.items()}
            assert {change_id for change_id in tablet.waiting} == self.open_changes() & set(tablet.waiting)
        assert self.captured <= self.found(stored)
        assert len(list_waiting(self.store)) >= len({id for tablet in self.tablets for id in tablet.outbox})
        revision = self.store.revision()
        for message in self.sent:
            self.deliver(dict(message))
            if len(self.sent) > 200:
                break
        assert self.store.revision() == revision

    def open_changes(self) -> set[str]:
        """Changes whose conflict record is open."""
        return {record["change_id"] for record in list_conflicts(self.store)}

    def found(self, stored: dict[str, Any]) -> set[str]:
        """All words that are in the layer, on record, in an outbox, or were given up by somebody who saw them."""
        words = set(self.given_up)
        for feature in stored.values():
            words |= {feature.fields[name] for name in FIELDS if feature.fields[name]}
        for record in list_conflicts(self.store, state=None):
            for clash in record["fields"]:
                words |= {clash.get(side) for side in ("stored", "incoming")}
        for tablet in self.tablets:
            words |= {edit["new"] for change in tablet.outbox.values() for edit in change["fields"].values()}
        with self.store.snapshot() as snapshot:
            for pushed in snapshot.sync.changes(statuses=("applied", "merged", "conflict")):
                seen = pushed.body["fields"].items()
                words |= {edit["old"] for name, edit in seen if name not in pushed.receipt.conflicts and "old" in edit}
        return words


TestDay = Day.TestCase
TestDay.settings = settings(
    phases=[Phase.generate],  # shrinking a day takes minutes; its steps are printed as they are
    max_examples=N_EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_a_day_in_postgis(database_url: str) -> None:
    """The same days, with the layers in a database."""
    days = settings(TestDay.settings, max_examples=max(N_EXAMPLES // 5, 3))
    run_state_machine_as_test(lambda: Day(database_url), settings=days)  # type: ignore[arg-type]
