"""Actors of a node, one package each: `decider.py` decides without side effects, `actor.py` is the process.

No actor imports another actor; actors share the types of `messages`.
"""
