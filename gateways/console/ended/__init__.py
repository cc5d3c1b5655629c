"""Alerts that have ended: found, counted, reviewed, printed, and what may still be ordered in them."""
