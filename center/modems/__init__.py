"""Modems used from the command line, with or without a running center."""
