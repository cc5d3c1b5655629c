"""Rules about an alert: pending actions, joined calls, and messages. Pure."""
