"""Annotations in the formats of the field ↔ dispatches."""
