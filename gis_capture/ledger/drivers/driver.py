"""What a driver is: the reader of one format."""

from collections.abc import Callable
from dataclasses import dataclass

from gis_capture.ledger.opening import Opened
from gis_capture.ledger.table import Reading


@dataclass(frozen=True, slots=True)
class Driver:
    """The reader of one format.

    Attributes:
        name: As it stands in `Source.driver`.
        suffixes: Extensions such files usually have; another one is told.
        accepts: Whether the content is of this format; the first driver that says so reads the source.
        read: Reads it; raises SourceError for what cannot be read.
    """

    name: str
    suffixes: tuple[str, ...]
    accepts: Callable[[Opened], bool]
    read: Callable[[Opened], Reading]
