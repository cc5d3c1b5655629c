"""The roster of those on duty as a file that people write (docs/duty-roster.md): read.

In the file people are named by their names; ids are there so that a name can be corrected, and whoever has
none is given one.
"""
