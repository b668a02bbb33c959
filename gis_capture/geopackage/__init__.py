"""The GeoPackage format: geometry blobs, tables, R-tree, description of columns. Knows files, not features."""
