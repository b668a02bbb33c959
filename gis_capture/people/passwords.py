"""Passwords: what is taken for one, and their hashes (argon2id, RFC 9106)."""

import unicodedata
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gis_capture.people import codes

MIN_CHARS = 10
MAX_CHARS = 200
# Fewer guesses than 10^8 find what zxcvbn gives a lower score.
MIN_SCORE = 3
# The judge takes no more, and what is longer is not easily guessed by what follows.
_JUDGED_CHARS = 72


class Passwords:
    """Hashes one at a time, so that many sign-ins at once take neither all memory nor all processors.

    Args:
        hasher: 19 MiB and two passes take as long as OWASP recommends at least.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._lock = Lock()
        self._nobodys = ""

    def hash(self, password: str, *, name: str) -> str:
        """The hash of a new password.

        Raises:
            PeopleError: It is too short, too long, or easily guessed by somebody who knows the name.
        """
        password = _normal(password)
        if len(password) < MIN_CHARS:
            raise codes.error(codes.PASSWORD_SHORT, least=MIN_CHARS)
        if len(password) > MAX_CHARS:
            raise codes.error(codes.PASSWORD_LONG, most=MAX_CHARS)
        if _is_guessable(password, name):
            raise codes.error(codes.PASSWORD_GUESSABLE)
        return self.keep(password)

    def keep(self, secret: str) -> str:
        """The hash of what was looked at elsewhere."""
        with self._lock:
            return self._hasher.hash(secret)

    def is_right(self, kept: str | None, password: str) -> bool:
        """Whether a password is that of a hash; without one it takes as long, and is wrong."""
        with self._lock:
            if not self._nobodys:
                self._nobodys = self._hasher.hash("nobody's")
            try:
                self._hasher.verify(kept or self._nobodys, _normal(password[:MAX_CHARS]))
            except (Argon2Error, InvalidHashError):
                return False
        return kept is not None


def _normal(password: str) -> str:
    # The same password typed with another keyboard or input method; half a surrogate pair is no character.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def _is_guessable(password: str, name: str) -> bool:
    # Imported here, because its lists take long to load.
    from zxcvbn import zxcvbn

    known = [name, *name.split(), "gis-capture", "giscapture"]
    return bool(zxcvbn(password[:_JUDGED_CHARS], user_inputs=known)["score"] < MIN_SCORE)
