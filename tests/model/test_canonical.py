"""The canonical hash of a body."""

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gis_capture.model import canonical_hash

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from([-0.0, 1.0, 1e16, 1e-5, 1e-7, 1.5e300, 123456789012345.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def test_the_form_is_the_one_of_rfc_8785() -> None:
    """Keys are sorted, numbers as JavaScript writes them, no space, UTF-8."""
    written = '{"a":[1,1e+21,null,true],"é":"台帳"}'
    assert canonical_hash({"é": "台帳", "a": [1.0, 1e21, None, True]}) == hashlib.sha256(written.encode()).hexdigest()


@given(JSON)
def test_a_body_read_again_has_the_same_hash(body: Any) -> None:
    """Neither the order of keys nor the writing of numbers counts."""
    again = json.loads(json.dumps(body, sort_keys=True, indent=1))
    assert canonical_hash(again) == canonical_hash(body)


@given(JSON)
def test_the_quick_way_writes_the_same(body: Any) -> None:
    """A body has one hash, whichever of the two writers could write it."""
    assert canonical_hash(body) == hashlib.sha256(rfc8785.dumps(body)).hexdigest()


@pytest.mark.parametrize(
    ("strange", "written"),
    [
        (2**53 + 1, "9007199254740992"),
        (float("nan"), "null"),
        (10**400, "null"),
        ("\ud800", '"\ufffd"'),
        ({"k": [2**60]}, '{"k":[1152921504606847000]}'),
    ],
)
def test_what_json_cannot_say_still_has_a_hash(strange: Any, written: str) -> None:
    """It is the hash of what a JavaScript reader would see; a push never stops at it."""
    assert canonical_hash(strange) == hashlib.sha256(written.encode()).hexdigest()
