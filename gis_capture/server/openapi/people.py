"""People: set-up, sign-in, tablets, accounts and rights."""

from gis_capture.server.openapi.operation import JSON, TEXT, Operation, Schema


def _body(*names: str, **more: Schema) -> tuple[str, Schema]:
    return JSON, {"type": "object", "properties": {**{name: TEXT for name in names}, **more}}


OPERATIONS: tuple[Operation, ...] = (
    Operation("/me", "get", "Who asks, or why that is not known", {200: JSON}),
    Operation("/setup", "get", "Leads to the page of the first administrator", {303: None}),
    Operation("/setup", "post", "Creates the first administrator", {201: JSON}, body=_body("code", "name", "password")),
    Operation("/sign-in", "post", "Begins a session in a cookie", {200: JSON}, body=_body("name", "password")),
    Operation("/sign-in/outside", "get", "Leads to the city's identity provider", {303: None}),
    Operation("/sign-in/outside/back", "get", "Takes in who comes back from it", {303: None}),
    Operation(
        "/people/{account_id}/email",
        "post",
        "By which address the provider knows somebody",
        {200: JSON},
        body=_body("email"),
    ),
    Operation("/sign-out", "post", "Ends the session", {200: JSON}),
    Operation("/me/password", "post", "Changes the own password", {200: JSON}, body=_body("before", "password")),
    Operation("/pair", "post", "Pairs a tablet by a code", {201: JSON}, body=_body("code", "device_id")),
    Operation("/devices", "get", "The tablets", {200: JSON}),
    Operation("/devices/code", "post", "A code that pairs one tablet", {201: JSON}, body=_body("name")),
    Operation(
        "/devices/{device_id}/state", "post", "Locks, unlocks or revokes a tablet", {200: JSON}, body=_body("state")
    ),
    Operation("/people", "get", "Accounts, grants and areas", {200: JSON}),
    Operation(
        "/people",
        "post",
        "Makes an account",
        {201: JSON},
        body=_body("name", "title", "role", "password", sees_personal={"type": "boolean"}),
    ),
    Operation("/people/{account_id}/remove", "post", "Takes an account away", {200: JSON}),
    Operation("/people/{account_id}/pin", "post", "Gives a PIN for shared tablets", {200: JSON}, body=_body("pin")),
    Operation("/crew", "get", "Who may use this tablet by PIN", {200: JSON}),
    Operation(
        "/crew/pin", "post", "A PIN is typed on a tablet the first time", {200: JSON}, body=_body("account_id", "pin")
    ),
    Operation("/people/{account_id}/password", "post", "Gives a new password", {200: JSON}, body=_body("password")),
    Operation(
        "/grants",
        "post",
        "Says what somebody may do with a layer",
        {200: JSON},
        body=_body("subject", "layer", right={"enum": ["none", "read", "edit", "personal", "no_personal", None]}),
    ),
    Operation(
        "/areas",
        "post",
        "Limits somebody to an area, of polygons or of a feature; neither lifts the limit",
        {200: JSON},
        body=_body("subject", "name", "layer", "feature_id", geometry={"type": ["object", "null"]}),
    ),
    Operation("/audit.csv", "get", "What was done, with the hash of each line", {200: "text/csv"}),
)
