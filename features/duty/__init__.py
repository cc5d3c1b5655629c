"""Notifications and calls to people on duty for the center itself, until one person takes an alarm."""
