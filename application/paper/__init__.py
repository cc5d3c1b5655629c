"""Paper: what is printed on A4, as a PDF."""
