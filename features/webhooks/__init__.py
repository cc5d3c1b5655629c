"""A signed POST for each alert that has ended."""
