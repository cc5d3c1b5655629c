"""Folds of an alert's state, one module per subject of the events."""
