"""Reads the flood for a machine-learning practitioner and keeps the small part worth their time."""

__version__ = "0.1.0"
