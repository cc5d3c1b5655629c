"""Registry: users, operators, and the keys, tokens and sessions that grant access."""
