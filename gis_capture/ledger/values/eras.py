"""Japanese eras: which years and days they cover.

Source of the dates: the edicts that began each era; Meiji counts from 1868-01-25, the first day of its first year,
as the edict of 1868-10-23 declared backwards.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Era:
    """An era; year 1 is `first_year`."""

    name: str
    letter: str
    first_day: date
    last_day: date

    @property
    def first_year(self) -> int:
        """The western year that is year 1 (元年)."""
        return self.first_day.year

    def covers(self, first_day: date, last_day: date) -> bool:
        """True when the period from `first_day` to `last_day` touches the era."""
        return first_day <= self.last_day and last_day >= self.first_day


ERAS = (
    Era("明治", "M", date(1868, 1, 25), date(1912, 7, 29)),
    Era("大正", "T", date(1912, 7, 30), date(1926, 12, 24)),
    Era("昭和", "S", date(1926, 12, 25), date(1989, 1, 7)),
    Era("平成", "H", date(1989, 1, 8), date(2019, 4, 30)),
    Era("令和", "R", date(2019, 5, 1), date.max),
)
ERA_OF = {spelling: era for era in ERAS for spelling in (era.name, era.name[0], era.letter, era.letter.lower())}
