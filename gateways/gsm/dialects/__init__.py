"""The dialect of each family of modems, as data: the schema, the reader of the files, and the meaning of
their lines."""
