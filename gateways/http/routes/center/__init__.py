"""How the center is and where, for those who watch it."""
