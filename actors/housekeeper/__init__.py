"""Housekeeping: repairs truncated recordings, and deletes expired data."""
