"""Tells those outside that this center is well, and hears from other centers that they are."""
