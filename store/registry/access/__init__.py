"""Credentials: passwords, passkeys, codes, tokens, app keys, and the sessions that follow."""
