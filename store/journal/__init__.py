"""Journal of events: append at an expected version, read, follow, verify, export and move."""
