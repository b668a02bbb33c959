"""Stores of old versions, and the script that made the last of them."""
