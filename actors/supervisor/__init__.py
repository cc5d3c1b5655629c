"""Start, supervision and restart of every actor of a node, and publication of their addresses.

The package knows roles, keys and class names but imports no actor: the actors to run are passed as data.
"""
