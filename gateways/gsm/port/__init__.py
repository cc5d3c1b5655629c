"""A modem's command port: search, opening, reading and writing; every byte written passes the dial guard."""
