"""A modem's command port: found, opened, read and written; the dial guard stands in the only way out."""
