"""How each family of modems speaks, as data: the schema, the files' reader, and what their lines mean."""
