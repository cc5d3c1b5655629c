"""The roster as a file: written from the one that is kept, and the first one that settings name."""
