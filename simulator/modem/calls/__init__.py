"""Calls of a modem: held, joined, and announced to the host."""
