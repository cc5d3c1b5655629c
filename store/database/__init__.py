"""The two kinds of database behind one face, their tables and the way to the present form."""
