"""A modem's command port: search, opening, reading and writing; the dial guard checks every byte on the only
way out."""
