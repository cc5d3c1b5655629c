"""Alerts that have ended, looked back at: see README.md."""
