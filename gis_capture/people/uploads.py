"""Who sent the bytes of a photo: until a feature carries it, it is that one's alone."""

from gis_capture.people.database import Database


class Uploads:
    """The photos that somebody sent whole.

    Args:
        database: Of people.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, sha256: str, owner: str) -> None:
        """Notes that an account or a tablet, by its id, sent a photo."""
        # Nothing that is known about people hangs on it.
        with self._database.change(is_noted=False) as connection:
            connection.execute("INSERT OR IGNORE INTO uploads VALUES (?, ?)", (sha256, owner))

    def is_of(self, sha256: str, owner: str) -> bool:
        """Whether it was that one who sent it."""
        sql = "SELECT 1 FROM uploads WHERE sha256 = ? AND owner = ?"
        return self._database.row(sql, sha256, owner) is not None
