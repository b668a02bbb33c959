"""Ledgers on paper: scans and photographs become tables whose every cell knows the strip of paper it was read from.

`table` is what was read, as values and as JSON; it and `scan`, which reads in a process of its own (`reading`), need
nothing of the extra `gis-capture[paper]` to be imported.
"""
