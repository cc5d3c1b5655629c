"""The program `securwoman watch` on another machine, which phones people when a center falls silent.

It shares no journal, process or modem with a center, so that a failure of these does not stop it.
"""
