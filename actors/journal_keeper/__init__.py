"""Keeps the journal's spare warm, and brings the journal back to its disk."""
