"""Operators who can take an alert."""
