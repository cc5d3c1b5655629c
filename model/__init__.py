"""The alert's story as data: its state, how each event changes it, and what is allowed when.

One fold, used alike by the AlertCase, the web, the console's feed and the figures. Nothing here
reads a clock, a file or a socket; time is an argument.
"""
