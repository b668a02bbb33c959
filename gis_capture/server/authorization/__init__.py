"""Authorization: a rule for every route, checked before the route is asked."""

from gis_capture.server.authorization.checking import (
    demand,
    init_app,
    layers_named,
    may_read,
    note,
    principal,
    readable,
    signature,
    write_down,
)

__all__ = ["demand", "init_app", "layers_named", "may_read", "note", "principal", "readable", "signature", "write_down"]
