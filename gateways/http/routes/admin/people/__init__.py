"""The chapter of people."""
