"""Compiles functions to machine code that runs without the interpreter's lock; needs no compiler on the machine."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiles a function when it is first called; the code is kept for the next process where a place can be written.

    numba looks beside the module, then in the user's cache folder; NUMBA_CACHE_DIR names another place.
    """
    try:
        made: Any = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        # No folder of these can be written.
        made = numba.njit(nogil=True, error_model="numpy")(function)
    return cast(F, made)
