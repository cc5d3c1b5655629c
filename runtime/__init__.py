"""How an actor lives: the base actor on Thespian, clock and timers, who is where, how all starts and ends.

Knows no alert, no call and no journal: what an actor decides is in its own package. Nothing outside
this package (and the deciders' shells through it) may know which transport Thespian uses.
"""
