"""Supervision of the deadline (S11) from the journal alone, independent of the cases."""
