"""The rules about an alert: what is due, what is joined, what is said. Pure."""
