"""One blueprint per area of the HTTP contract (docs/format.md, section 4)."""

from gis_capture.server.areas import (
    attachments,
    basemap,
    changes,
    checkouts,
    conflicts,
    days,
    exports,
    features,
    health,
    history,
    imports,
    layers,
    ledger_versions,
    lint,
    office_settings,
    packs,
    pages,
    rasters,
    sync,
    tiles,
    trust,
)

AREAS = tuple(
    module.area
    for module in (
        pages,
        health,
        trust,
        layers,
        features,
        exports,
        tiles,
        basemap,
        packs,
        rasters,
        sync,
        attachments,
        imports,
        ledger_versions,
        lint,
        conflicts,
        changes,
        checkouts,
        days,
        history,
        office_settings,
    )
)
