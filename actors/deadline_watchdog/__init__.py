"""Supervision of the deadline from the journal alone, independent of the cases."""
