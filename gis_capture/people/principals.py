"""Who asks, and what that one may do with a layer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Literal

from gis_capture.locate.area import Area

ALL_LAYERS = "*"
"""Stands in a grant for every layer that has none of its own."""


class Role(IntEnum):
    """What a person does here; each may do all that the ones before it may."""

    VIEWER = 1
    CREW = 2
    OFFICE = 3
    ADMIN = 4

    @property
    def word(self) -> str:
        """As it is written in files and messages."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> "Role":
        """Reads a word.

        Raises:
            ValueError: It is no role.
        """
        return cls(_ROLES[word])


_ROLES = {role.name.lower(): role for role in Role}


PERSONAL = {"personal": True, "no_personal": False}
"""Words of a grant that says whether fields with personal data are seen, and not what may be done."""


class Right(IntEnum):
    """What may be done with a layer."""

    NONE = 0
    READ = 1
    EDIT = 2

    @property
    def word(self) -> str:
        """As it is written in files and messages."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks.

    Attributes:
        kind: The server's own screen while there are no accounts, a person, or a paired tablet.
        id: Of the account or the device; "" for the own screen.
        name: For people to read.
        sees_personal: Whether fields with personal data are given.
        rights: By layer, as they were granted; `ALL_LAYERS` for the rest.
        personal: By layer, whether fields with personal data are given after all, or not; `ALL_LAYERS` for the rest.
        area: Nothing is given of what lies outside of it, and nothing is taken; None = no such limit.
        device_id: Of the paired tablet on which it is asked; "" = on none.
    """

    kind: Literal["own_screen", "account", "device"]
    id: str
    name: str
    role: Role
    sees_personal: bool = False
    rights: Mapping[str, Right] = field(default_factory=dict)
    area: Area | None = None
    personal: Mapping[str, bool] = field(default_factory=dict)
    device_id: str = ""

    def may_see_personal(self, layer: str) -> bool:
        """Whether fields with personal data of a layer are given to this one."""
        return self.personal.get(layer, self.personal.get(ALL_LAYERS, self.sees_personal))

    def right(self, layer: str) -> Right:
        """What this one may do with a layer: a viewer never edits, an administrator is never kept out."""
        if self.role is Role.ADMIN:
            return Right.EDIT
        most = Right.READ if self.role is Role.VIEWER else Right.EDIT
        return min(most, self.rights.get(layer, self.rights.get(ALL_LAYERS, most)))

    def narrowed_to(self, person: "Principal") -> "Principal":
        """The same asker for a person who has a shared tablet in hands: what both may see and do."""
        named = {*self.rights, *person.rights}
        named |= {ALL_LAYERS} if named else set()
        both = {layer: min(self.right(layer), person.right(layer)) for layer in named}
        areas = [one.area for one in (self, person) if one.area is not None]
        area = areas[0].common_part(areas[-1]) if areas else None
        return replace(self, role=min(self.role, person.role), rights=both, area=area)

    @property
    def is_unlimited(self) -> bool:
        """Whether no layer is kept from this one, so that nobody has to look which one is meant."""
        return self.role is Role.ADMIN or not self.rights


OWN_SCREEN = Principal("own_screen", "", "", Role.ADMIN, sees_personal=True)
