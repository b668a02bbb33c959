"""The rule of every route: the least role that may ask it, and the word for it in the account of what was done.

What a route does with a layer is checked besides, by the layer's grants: reading needs the right to read, all else the
right to edit. A route that has no rule here is the
administrator's alone, and fails a test.
"""

from dataclasses import dataclass

from gis_capture.people import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Of one route.

    Attributes:
        least: Role that is needed; None = nobody has to be known.
        word: For the account, written when it was done; "" = it is not written down.
        is_for_own_computer: Whether programs on the server's own computer may ask without being known.
    """

    least: Role | None
    word: str = ""
    is_for_own_computer: bool = False


_OPEN, _VIEWER = Rule(None), Rule(Role.VIEWER)

UNKNOWN = Rule(Role.ADMIN, "unknown_route")
RULES: dict[str, Rule] = {
    # The app itself, and what comes before one is known.
    "pages.office_page": _OPEN,
    "pages.tablet_page": _OPEN,
    "pages.tablet_file": _OPEN,
    "pages.icon": _OPEN,
    "pages.asset": _OPEN,
    "health.health": _OPEN,
    "health.openapi": _OPEN,
    "health.metrics": Rule(Role.ADMIN, is_for_own_computer=True),
    "trust.trusted": _OPEN,
    "trust.https": _VIEWER,
    # They say themselves who may.
    "sign_in.tell": _OPEN,
    "sign_in.show_setup": _OPEN,
    "sign_in.set_up": _OPEN,
    "sign_in.sign_in": _OPEN,
    "sign_in.sign_out": _OPEN,
    "sign_in.pair": _OPEN,
    "people.change_own_password": Rule(Role.VIEWER, "own_password"),
    # Looking at layers.
    "layers.list_layers": _VIEWER,
    "layers.list_definitions": _VIEWER,
    "features.list_features": _VIEWER,
    "features.give_feature": _VIEWER,
    "history.give_history": _VIEWER,
    "exports.export": Rule(Role.VIEWER, "export"),
    "tiles.give_tile": _VIEWER,
    "tiles.give_tile_json": _VIEWER,
    "tiles.give_style": _VIEWER,
    "tiles.give_legend": _VIEWER,
    "tiles.draw_legend": _VIEWER,
    "basemap.list_basemap": _VIEWER,
    "basemap.give_pack": _VIEWER,
    "basemap.give_basemap_tile": _VIEWER,
    "packs.list_packs": _VIEWER,
    "rasters.list_rasters": _VIEWER,
    "rasters.give_tile_json": _VIEWER,
    "rasters.give_tile": _VIEWER,
    "attachments.give_attachment": _VIEWER,
    "attachments.give_thumbnail": _VIEWER,
    "sync.give_pull": _VIEWER,
    # Work in the field.
    "sync.take_push": Rule(Role.CREW, "push"),
    "attachments.take_attachment": Rule(Role.CREW, "photo"),
    "layers.add_layer": Rule(Role.CREW, "layer_add"),
    # Work at the office.
    "attachments.give_missing": Rule(Role.OFFICE),
    "history.give_deleted": Rule(Role.OFFICE),
    "history.restore": Rule(Role.OFFICE, "feature_restore"),
    "history.undo_revision": Rule(Role.OFFICE, "revision_undo"),
    "history.undo_change": Rule(Role.OFFICE, "change_undo"),
    "changes.give_waiting": Rule(Role.OFFICE),
    "changes.release": Rule(Role.OFFICE, "change_release"),
    "changes.hand_on": Rule(Role.OFFICE, "change_hand_on"),
    "conflicts.give_conflicts": Rule(Role.OFFICE),
    "conflicts.give_conflict": Rule(Role.OFFICE),
    "conflicts.resolve_conflict": Rule(Role.OFFICE, "conflict_resolve"),
    "checkouts.list_checkouts": Rule(Role.OFFICE),
    "checkouts.hand_out": Rule(Role.OFFICE, "checkout"),
    "checkouts.give_file": Rule(Role.OFFICE, "checkout_file"),
    "checkouts.take_back": Rule(Role.OFFICE, "checkin"),
    "days.give_report": Rule(Role.OFFICE),
    "imports.list_imports": Rule(Role.OFFICE),
    "imports.take_upload": Rule(Role.OFFICE, "upload"),
    "imports.give_import": Rule(Role.OFFICE),
    "imports.start_conversion": Rule(Role.OFFICE, "import"),
    "imports.preview": Rule(Role.OFFICE),
    "imports.read_as_form": Rule(Role.OFFICE, "recipe"),
    "imports.save_recipe": Rule(Role.OFFICE, "recipe"),
    "imports.give_report": Rule(Role.OFFICE, "import_report"),
    "imports.give_fix_list": Rule(Role.OFFICE, "fix_list"),
    "imports.undo": Rule(Role.OFFICE, "import_undo"),
    "ledger_versions.compare": Rule(Role.OFFICE),
    "ledger_versions.list_open_rows": Rule(Role.OFFICE),
    "ledger_versions.decide": Rule(Role.OFFICE, "rows_decide"),
    "lint.check": Rule(Role.OFFICE),
    "packs.make_pack": Rule(Role.OFFICE, "pack_make"),
    "packs.estimate": Rule(Role.OFFICE),
    "packs.remove": Rule(Role.OFFICE, "pack_remove"),
    "basemap.take_basemap": Rule(Role.OFFICE, "basemap_add"),
    "basemap.remove_basemap": Rule(Role.OFFICE, "basemap_remove"),
    "rasters.take_pictures": Rule(Role.OFFICE, "raster_add"),
    "rasters.build_again": Rule(Role.OFFICE, "raster_add"),
    "rasters.remove_raster": Rule(Role.OFFICE, "raster_remove"),
    "devices.list_devices": Rule(Role.OFFICE),
    "devices.make_code": Rule(Role.OFFICE, "pairing_code"),
    "devices.set_state": Rule(Role.OFFICE, "device_state"),
    # Looking after the server.
    "people.list_people": Rule(Role.ADMIN),
    "people.add_person": Rule(Role.ADMIN, "person_add"),
    "people.remove_person": Rule(Role.ADMIN, "person_remove"),
    "people.set_password": Rule(Role.ADMIN, "person_password"),
    "people.grant": Rule(Role.ADMIN, "grant"),
    "people.give_audit": Rule(Role.ADMIN, "audit_export"),
    "office_settings.show": Rule(Role.OFFICE),
    "office_settings.change": Rule(Role.ADMIN, "setting"),
}
