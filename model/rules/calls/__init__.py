"""Calls: whom to call, when, for how long and on which lines; what is joined and what holds. Pure."""
