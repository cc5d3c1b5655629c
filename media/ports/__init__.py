"""Voice ports: sources and sinks of a leg's sound."""
