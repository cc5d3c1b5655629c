"""What processes publish in `run/` for those who look: who is where, how each line and voice is."""
