"""State directory: durable files, `run/`, and the journals in it."""
