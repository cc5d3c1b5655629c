"""`securwoman watch`: a small program on another machine that phones people when a center falls silent.

It shares no journal, no process and no modem with any center, so that nothing that ends one of those ends it.
"""
