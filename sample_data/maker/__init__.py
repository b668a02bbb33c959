"""Makes the sample data: an invented small mountain city, its ledgers with their quirks, and broken files."""
