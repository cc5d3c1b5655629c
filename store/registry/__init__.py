"""The registry: users, operators, and which keys, tokens and sessions let somebody in."""
