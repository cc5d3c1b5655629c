"""Paper: documents on A4, as PDF."""
