"""`python -m gis_capture` is `gis-capture`."""

from gis_capture.cli import main

if __name__ == "__main__":
    main()
