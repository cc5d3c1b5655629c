"""Runtime of an actor: base class on Thespian, clock and timers, published addresses, start and end of a
node.

The package handles no alert, call or journal: decisions are made in the actors' packages. Only this package
(and the actors through it) may depend on Thespian's transport.
"""
