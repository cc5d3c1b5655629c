"""The state directory: what lasts, what lies in `run/`, and the journals in it."""
