"""What went over a port, as text: written, watched, and read back into the events of calls."""
