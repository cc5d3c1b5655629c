"""The node: the processes of a state directory, started, watched and restarted."""
