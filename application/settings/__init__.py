"""`center.toml`: its keys, what they mean together, and what the processes are given of them."""
