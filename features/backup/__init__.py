"""Backups of a center: see README.md."""
