"""Backups of a center, described in README.md."""
