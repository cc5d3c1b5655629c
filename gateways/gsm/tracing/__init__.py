"""Traces: the traffic of a port as text, written, recorded live, and replayed into the events of calls."""
