"""What the center does for people, whichever door they come by: hand out, back up, read and change settings.

The command line and the web call the same functions of it.
"""
