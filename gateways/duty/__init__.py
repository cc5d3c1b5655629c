"""How people on duty are reached."""
