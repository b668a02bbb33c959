"""One file per source format; the first driver that accepts the content reads it."""

from gis_capture.ledger.drivers import delimited, markup, xls, xlsx
from gis_capture.ledger.drivers.driver import Driver

DRIVERS: tuple[Driver, ...] = (
    xlsx.DRIVER,
    xls.DRIVER,
    markup.DRIVER,
    delimited.DRIVER,
)
