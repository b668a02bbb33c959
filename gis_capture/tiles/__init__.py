"""Vector tiles, styles over them, and packs of base maps."""
