"""Alarms of the center: meaning and response of each, which stand, and who has acknowledged them. Pure."""
