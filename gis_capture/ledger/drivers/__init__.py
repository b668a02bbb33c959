"""One file per source format; the first driver that accepts the content reads it."""

from gis_capture.ledger.drivers import (
    archive,
    citygml,
    dbf,
    delimited,
    dm,
    dxf,
    fgd,
    kml,
    markup,
    mojmap,
    ods,
    records,
    shapefile,
    vector,
    xls,
    xlsb,
    xlsx,
)
from gis_capture.ledger.drivers.driver import Driver

DRIVERS: tuple[Driver, ...] = (
    xlsx.DRIVER,
    xlsb.DRIVER,
    ods.DRIVER,
    archive.DRIVER,
    xls.DRIVER,
    shapefile.DRIVER,
    dxf.DRIVER,
    dm.DRIVER,
    kml.DRIVER,
    mojmap.DRIVER,
    fgd.DRIVER,
    citygml.DRIVER,
    vector.DRIVER,
    records.DRIVER,
    markup.DRIVER,
    dbf.DRIVER,
    delimited.DRIVER,
)
