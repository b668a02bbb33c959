"""Recipes: what a person decided about ledgers of one shape, as a small file."""
