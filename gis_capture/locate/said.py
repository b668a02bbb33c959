"""What a person says of the position of rows: which column holds what, and how its numbers are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gis_capture.errors import FieldError
from gis_capture.locate.layouts import FORMS_OF_DEGREES, Columns, Form, Layout, find_layouts
from gis_capture.model.roles import NOTATIONS, ROLES, SaidNotation
from gis_capture.text import Text

_PARTS = ("", "_minutes", "_seconds")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says; it is never overruled.

    Attributes:
        roles: A role of `ROLES` by column name; the other columns are judged by headers and values.
        notation: What numbers without marks are; None = the values tell.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    notation: SaidNotation | None = None

    def to_json(self) -> dict[str, Any]:
        """Gives `{"roles", "notation"}`."""
        return {"roles": dict(self.roles), "notation": self.notation}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Said":
        """Reads `{"roles"?, "notation"?}`.

        Raises:
            FieldError: No such role or notation.
        """
        roles, notation = document.get("roles") or {}, document.get("notation")
        for role in roles.values():
            if role not in ROLES:
                raise FieldError(
                    Text(
                        f"「{role}」という役割はありません。あるのは：{'、'.join(ROLES)}",
                        f'There is no role "{role}"; there are: {", ".join(ROLES)}',
                    )
                )
        if notation is not None and notation not in NOTATIONS:
            raise FieldError(
                Text(
                    f"「{notation}」という書き方はありません。あるのは：{'、'.join(NOTATIONS)}",
                    f'There is no notation "{notation}"; there are: {", ".join(NOTATIONS)}',
                )
            )
        return cls(dict(roles), notation)

    def over(self, other: "Said") -> "Said":
        """This and, where it says nothing, the other."""
        return Said({**other.roles, **self.roles}, self.notation or other.notation)

    def column_of(self, role: str) -> str | None:
        """The column of a role."""
        return next((name for name, said in self.roles.items() if said == role), None)

    def check(self, columns: Iterable[str]) -> None:
        """Checks that the columns are there.

        Raises:
            FieldError: One is not.
        """
        names = tuple(columns)
        for one in self.roles:
            if one not in names:
                listed = "、".join(names)
                raise FieldError(
                    Text(
                        f"台帳に「{one}」という列はありません。次の列があります：{listed}",
                        f'The ledger has no column "{one}"; there are: {listed}',
                    ),
                    column=one,
                )

    def paired(self, columns: Columns) -> "Said":
        """The same where north or east alone is said, with the column that belongs to it."""
        axes = [role for role in ("north", "east") if self.column_of(role)]
        if len(axes) != 1:
            return self
        name, other = self.column_of(axes[0]) or "", "east" if axes == ["north"] else "north"
        pairs = [layout.columns for layout in find_layouts(columns) if layout.form == "plane"]
        beside = ({pair["x"][0], pair["y"][0]} - {name} for pair in pairs if (name,) in pair.values())
        partner = next((one.pop() for one in beside if len(one) == 1), None)
        if partner is None or partner in self.roles:
            return self
        return replace(self, roles={**self.roles, partner: other})

    def layout(self) -> Layout | None:
        """The columns that hold the position; None where not all that it takes is said."""
        lon, lat = (tuple(name for part in _PARTS if (name := self.column_of(axis + part))) for axis in ("lon", "lat"))
        columns_of: dict[Form, dict[str, tuple[str, ...]]] = {
            "parts" if len(lon) > 1 else "degrees": {"lon": lon, "lat": lat},
            "one": {"latlon": self._named("latlon")},
            "mesh": {"mesh": self._named("mesh")},
            "plane": {"x": self._named("east"), "y": self._named("north")},
        }
        for form, names in columns_of.items():
            if all(names.values()) and (form not in ("parts", "degrees") or len(lon) == len(lat)):
                return Layout(form, names, notation=self.notation if form in FORMS_OF_DEGREES else None, is_said=True)
        return None

    def _named(self, role: str) -> tuple[str, ...]:
        name = self.column_of(role)
        return (name,) if name else ()

    def free(self, columns: Columns) -> Columns:
        """The columns of which nothing is said."""
        return {name: texts for name, texts in columns.items() if name not in self.roles}


NOTHING_SAID = Said()
