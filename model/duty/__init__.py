"""People on duty: what wakes them, and who has lately taken what."""
