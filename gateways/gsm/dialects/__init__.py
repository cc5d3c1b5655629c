"""The dialect of each modem family, as data: the schema, the reader of the files, the meaning of lines."""
