"""Transactions about a whole alert: accepted, reopened, and how many calls were begun."""
