"""The composition root: settings, the state directory, the processes of a node, and the command line.

The only package that knows every other. Nothing imports it. It decides nothing about alerts:
it reads what was configured, starts what handles alerts, and shows what happened.
"""
