"""The actors of a node, one package each: `decider.py` decides and does nothing, `actor.py` is its process.

None of them imports another; they meet in `messages`.
"""
