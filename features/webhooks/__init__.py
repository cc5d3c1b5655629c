"""Signed POST for each alert that has ended."""
