"""`gis-capture` that keeps no tile: each one is encoded and packed anew, however often it is asked for."""

from gis_capture.cli import main
from gis_capture.server import kept_answers
from gis_capture.tiles import service

# Outside of the block below, because the process that serves may be begun anew.
service.CACHE_BYTES = 0
kept_answers.HELD_S = -1.0

if __name__ == "__main__":
    main()
