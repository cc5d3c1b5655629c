"""Audit of reads, sign-ons and changes: a chain of entries that only its node can continue."""
