"""How people on duty are reached, and who outside hears that the center lives."""
