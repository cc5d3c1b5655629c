"""Durable data of the center: the journal of events, the registry of people, and the tables derived from
them.

The package depends on no actors, modems or web, and decides nothing about a case: its modules store, order
and find data. Every function may raise a StoreError (`store.errors`).
"""
