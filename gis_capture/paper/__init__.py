"""Paper that goes out and comes back: field sheets are printed, marked with a red pen, and read as proposals.

Its heavy libraries are the extra `gis-capture[paper]`; nothing but this room and its callers imports it.
"""
