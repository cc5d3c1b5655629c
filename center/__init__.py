"""The composition root: settings, the state directory, the processes of a node, and the command line.

The only package that imports all others; no other package imports it. This package decides nothing about
alerts: it reads the configuration, starts the processes that handle alerts, and shows the journal.
"""
