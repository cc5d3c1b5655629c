"""Alerts that have ended: history, figures, reviews and reports, described in README.md."""
