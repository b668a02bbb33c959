"""Authorization: a rule for every route, checked before the route is asked."""

from gis_capture.server.authorization.checking import (
    demand,
    demand_personal,
    init_app,
    layers_named,
    may_read,
    may_use,
    note,
    note_personal,
    principal,
    readable,
    sees_personal,
    signature,
    write_down,
)

__all__ = [
    "demand",
    "demand_personal",
    "init_app",
    "layers_named",
    "may_read",
    "may_use",
    "note",
    "note_personal",
    "principal",
    "readable",
    "sees_personal",
    "signature",
    "write_down",
]
