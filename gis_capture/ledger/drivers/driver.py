"""What a driver is: the reader of one format."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from logging import getLogger

from gis_capture.errors import SourceError
from gis_capture.ledger.opening import Opened, Refused, broken, refused_for
from gis_capture.ledger.table import Reading

logger = getLogger(__name__)


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


def on_use(module: str) -> Callable[[Opened], Reading]:
    """Reads by the function `read` of a module that is imported only then: some libraries take a second to begin."""

    def read(opened: Opened) -> Reading:
        reading: Reading = import_module(module).read(opened)
        return reading

    return read


def read_safely(read: Callable[[Opened], Reading], opened: Opened) -> Reading:
    """Reads a source; whatever a library stumbles over in it becomes a SourceError, and is logged.

    Formats are parsed by libraries that raise what they like where a file is not whole: a clerk who chose a broken
    file is told so, and whoever looks after the program finds the place in the log.
    """
    try:
        return read(opened)
    except SourceError:
        raise
    except Refused as error:
        raise refused_for(opened.path, error.reason) from error
    except (MemoryError, RecursionError) as error:
        raise broken(opened.path, type(error).__name__) from error
    except Exception as error:
        # Not a warning: without a handler Python writes those to the screen, and a clerk would see a traceback.
        logger.info("Reading %s stopped", opened.path.name, exc_info=True)
        raise broken(opened.path, type(error).__name__) from error
