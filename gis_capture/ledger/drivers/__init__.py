"""One file per source format; the first driver that accepts the content reads it."""

from gis_capture.ledger.drivers import delimited
from gis_capture.ledger.drivers.driver import Driver

DRIVERS: tuple[Driver, ...] = (delimited.DRIVER,)
