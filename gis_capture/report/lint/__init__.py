"""Checks ledgers by the national rules for machine-readable tables, and writes clean copies."""
