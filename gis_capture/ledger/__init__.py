"""Reads any ledger into tables."""
