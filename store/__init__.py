"""What lasts: the journal of events, the registry of people, and what is folded from them.

It must not know actors, modems or the web, and nothing in it decides about a case: it keeps,
orders and finds. Everything here may fail with a StoreError (`store.errors`).
"""
