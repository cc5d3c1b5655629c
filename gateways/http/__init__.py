"""The center's HTTP interface: makes alerts durable, tells apps and operators how they stand.

A process of its own, so that alerts are accepted while the actor system is down. It waits for no
actor: facts go to the journal, whose notifier wakes the actors, and all that is shown comes from
following it.
"""
