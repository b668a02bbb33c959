"""Paper on its way: what came in is read one after the other in the background, whichever process serves.

The card of a reading names the process that is at it, so that another goes on with it where that one has died.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from logging import getLogger

from gis_capture.cores import CutWork
from gis_capture.errors import SourceError
from gis_capture.server.shared_jobs import Jobs

logger = getLogger(__name__)


@dataclass(slots=True)
class ReadingDesk:
    """Knows what is being read.

    Attributes:
        waiting: Names what was taken in and is not read yet.
        read: Reads one of them; SourceError = it was taken away meanwhile.
    """

    waiting: Callable[[], Iterable[str]]
    read: Callable[[str], object]
    cards: Jobs
    _worker: CutWork = field(default_factory=partial(CutWork, "paper"))

    def start(self, name: str) -> None:
        """Begins to read; once more changes nothing, whichever process it is that reads."""
        with self.cards.alone():
            card = self.cards.get(name)
            if card is not None and not self.cards.is_lost(card):
                return
            self.cards.put(name, {}, is_mine=True)
        self._worker.submit(self._read, name)

    def resume(self) -> None:
        """Goes on with what was cut when the server, or one of its processes, stopped."""
        for name in self.waiting():
            self.start(name)

    def _read(self, name: str) -> None:
        try:
            with self.cards.turn():
                self.read(name)
        except SourceError:
            logger.info("Reading %s was taken away", name)
        except Exception:
            # What could not be read says so in its result; this is more, and is tried again by the next process alone.
            logger.exception("Reading %s failed", name)
            return
        self.cards.drop(name)
