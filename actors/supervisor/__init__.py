"""Starts, watches and restarts every actor of a node, and tells who is where.

Knows roles, keys and names of classes, no actor itself: what is to run is given to it as data.
"""
