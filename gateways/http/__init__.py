"""HTTP interface of the center: makes alerts durable, and publishes their state to apps and operators.

The interface is a process of its own, so that alerts are accepted while the actor system is down. The process
waits for no actor: facts go to the journal, whose notifier wakes the actors, and everything published comes
from following the journal.
"""
