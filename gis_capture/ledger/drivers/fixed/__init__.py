"""Records of a fixed length, as mainframes write them, read by a layout that a person gives."""
