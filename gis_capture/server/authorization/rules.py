"""The rule of every route: the least role that may ask it, and the word for it in the account of what was done.

What a route does with a layer is checked besides, by the layer's grants: reading needs the right to read, all else the
right to edit. Who is limited to an area may ask those routes alone that keep to it. A route that
has no rule here is the administrator's alone, and fails a test.
"""

from dataclasses import dataclass

from gis_capture.people import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Of one route.

    Attributes:
        least: Role that is needed; None = nobody has to be known.
        word: For the account, written when it was done; "" = it is not written down.
        keeps_area: Whether it gives and takes nothing outside the area of who asks, who then may ask.
        is_for_own_computer: Whether programs on the server's own computer may ask without being known.
        is_personal: Whether what it gives may hold personal data of any layer, and is for who may see all of that.
    """

    least: Role | None
    word: str = ""
    is_for_own_computer: bool = False
    keeps_area: bool = False
    is_personal: bool = False


_OPEN, _VIEWER, _KEEPS_AREA = Rule(None), Rule(Role.VIEWER), Rule(Role.VIEWER, keeps_area=True)

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
    "trust.https": _KEEPS_AREA,
    # They say themselves who may.
    "sign_in.tell": _OPEN,
    "sign_in.show_setup": _OPEN,
    "sign_in.set_up": _OPEN,
    "sign_in.sign_in": _OPEN,
    "sign_in.sign_out": _OPEN,
    "sign_in.pair": _OPEN,
    "outside.begin": _OPEN,
    "outside.come_back": _OPEN,
    "people.change_own_password": Rule(Role.VIEWER, "own_password", keeps_area=True),
    # Looking at layers.
    "layers.list_layers": _KEEPS_AREA,
    "layers.list_definitions": _KEEPS_AREA,
    "features.list_features": _KEEPS_AREA,
    "features.give_feature": _KEEPS_AREA,
    "history.give_history": _KEEPS_AREA,
    "scanned.tell_paper": _KEEPS_AREA,
    "scanned.give_strip": _KEEPS_AREA,
    "exports.export": Rule(Role.VIEWER, "export", keeps_area=True),
    "tiles.give_tile": _KEEPS_AREA,
    "tiles.give_tile_json": _KEEPS_AREA,
    "tiles.give_style": _KEEPS_AREA,
    "tiles.give_legend": _KEEPS_AREA,
    "tiles.draw_legend": _KEEPS_AREA,
    "addresses.give_addresses": _KEEPS_AREA,
    "datum_shift.give_shift": _KEEPS_AREA,
    "basemap.list_basemap": _KEEPS_AREA,
    "basemap.give_pack": _KEEPS_AREA,
    "basemap.give_chunks": _KEEPS_AREA,
    "basemap.give_tile_json": _KEEPS_AREA,
    "basemap.give_basemap_tile": _KEEPS_AREA,
    "packs.list_packs": _KEEPS_AREA,
    "rasters.list_rasters": _KEEPS_AREA,
    "rasters.give_tile_json": _KEEPS_AREA,
    "rasters.give_tile": _KEEPS_AREA,
    "attachments.give_attachment": _KEEPS_AREA,
    "attachments.give_thumbnail": _KEEPS_AREA,
    "sync.give_pull": _KEEPS_AREA,
    # Work in the field.
    "crews.list_members": Rule(Role.CREW, keeps_area=True),
    "crews.take_pin": Rule(Role.CREW, "crew_pin", keeps_area=True),
    "rasters.trace": Rule(Role.CREW, keeps_area=True),
    "sync.take_push": Rule(Role.CREW, "push", keeps_area=True),
    "attachments.take_attachment": Rule(Role.CREW, "photo", keeps_area=True),
    "layers.add_layer": Rule(Role.CREW, "layer_add"),
    # Work at the office.
    "attachments.give_missing": Rule(Role.OFFICE),
    "history.give_deleted": Rule(Role.OFFICE),
    "history.restore": Rule(Role.OFFICE, "feature_restore"),
    "history.undo_revision": Rule(Role.OFFICE, "revision_undo"),
    "history.undo_change": Rule(Role.OFFICE, "change_undo"),
    "sync.take_outbox": Rule(Role.OFFICE, "outbox"),
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
    "imports.take_tracks": Rule(Role.OFFICE, "upload"),
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
    "scans.list_scans": Rule(Role.OFFICE),
    "scans.give_scan": Rule(Role.OFFICE),
    "scans.give_control": Rule(Role.OFFICE),
    "scans.give_map_sheet": Rule(Role.OFFICE),
    "scans.take_scan": Rule(Role.OFFICE, "scan_add"),
    "scans.set_control": Rule(Role.OFFICE, "scan_control"),
    "scans.make_layer": Rule(Role.OFFICE, "raster_add"),
    "scans.remove_scan": Rule(Role.OFFICE, "scan_remove"),
    "scanned.list_scanned": Rule(Role.OFFICE, is_personal=True),
    "scanned.take_scanned": Rule(Role.OFFICE, "scanned_add", is_personal=True),
    "scanned.give_scanned": Rule(Role.OFFICE, is_personal=True),
    "scanned.remove_scanned": Rule(Role.OFFICE, "scanned_remove", is_personal=True),
    "scanned.give_page": Rule(Role.OFFICE, is_personal=True),
    "scanned.give_cells": Rule(Role.OFFICE, is_personal=True),
    "scanned.decide_cells": Rule(Role.OFFICE, "scanned_decide", is_personal=True),
    "scanned.finish_scanned": Rule(Role.OFFICE, "scanned_finish", is_personal=True),
    "scanned.give_finished": Rule(Role.OFFICE, is_personal=True),
    "scanned.import_scanned": Rule(Role.OFFICE, "upload", is_personal=True),
    "sheets.list_sheets": Rule(Role.OFFICE),
    "sheets.print_sheets": Rule(Role.OFFICE, "sheet_print"),
    "sheets.give_pdf": Rule(Role.OFFICE),
    "sheets.give_atlas": Rule(Role.OFFICE),
    "sheets.list_readings": Rule(Role.OFFICE),
    "sheets.take_scan": Rule(Role.OFFICE, "sheet_read"),
    "sheets.give_reading": Rule(Role.OFFICE),
    "sheets.give_picture": Rule(Role.OFFICE),
    "sheets.remove_reading": Rule(Role.OFFICE, "sheet_remove"),
    "sheets.decide_mark": Rule(Role.OFFICE, "sheet_decide"),
    "devices.list_devices": Rule(Role.OFFICE),
    "devices.make_code": Rule(Role.OFFICE, "pairing_code"),
    "devices.set_state": Rule(Role.OFFICE, "device_state"),
    # Looking after the server.
    "people.list_people": Rule(Role.ADMIN),
    "people.add_person": Rule(Role.ADMIN, "person_add"),
    "people.remove_person": Rule(Role.ADMIN, "person_remove"),
    "people.set_password": Rule(Role.ADMIN, "person_password"),
    "people.set_pin": Rule(Role.ADMIN, "person_pin"),
    "people.set_email": Rule(Role.ADMIN, "person_email"),
    "people.grant": Rule(Role.ADMIN, "grant"),
    "people.put_area": Rule(Role.ADMIN, "area"),
    "people.give_audit": Rule(Role.ADMIN, "audit_export"),
    "office_settings.show": Rule(Role.OFFICE),
    "office_settings.change": Rule(Role.ADMIN, "setting"),
}
