"""Transactions about a whole alert: accept, check, reopen, erase; its texts, its page for 112 and its
statistics.
"""
