"""Settings in `center.toml`: keys, checks across keys, and the values for the processes."""
