"""Modems in the hands of the command line, with or without a running center."""
