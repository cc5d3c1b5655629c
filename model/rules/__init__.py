"""The rules about an alert: what is allowed, what is due, what is said. Pure."""
