"""Transactions about a whole alert: accept, check, reopen, erase, text; its page for 112, its statistics."""
