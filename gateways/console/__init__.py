"""The operator's console: its feed, sign-on by cookie, and the page.

All data shown come from following the journal. The console queries no actor, and shows only data of the
journal.
"""
