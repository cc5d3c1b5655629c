"""Files that processes publish in `run/`: addresses of actors, state of each line and voice."""
