"""By what somebody is let in: passwords, passkeys, codes, tokens, app keys, and the sessions that follow."""
