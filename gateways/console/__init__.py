"""The operator's screen: what it is told, how it signs on, and the page itself.

Everything shown comes from following the journal; nothing is asked of an actor, and nothing is
shown that the journal does not say.
"""
