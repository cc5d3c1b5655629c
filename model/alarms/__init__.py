"""Alarms of the center: meaning and response of each, active alarms, and acknowledgements. Pure."""
