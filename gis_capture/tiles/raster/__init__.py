"""Scans and photographs as map tiles: sheets are looked at, warped and cut in processes of their own.

One PMTiles archive of WebP pictures is made of all sheets of a layer: the server sends its tiles as they
are, and tablets take the same file along.
"""
