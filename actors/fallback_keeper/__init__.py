"""Maintenance of the fallback journal, and return from it to the journal on disk."""
