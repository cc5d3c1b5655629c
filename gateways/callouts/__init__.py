"""Callouts: selection of the next person and channel, the call, and the written notices, until a person takes
the alarm.
"""
