"""State of an alert as data: the state, how each event changes the state, and which orders are allowed when.

The AlertCase, the web, the console's feed and the statistics use one fold. Nothing here reads a clock, a file
or a socket; time is an argument.
"""
