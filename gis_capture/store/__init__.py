"""Layers, features and every change of them."""
