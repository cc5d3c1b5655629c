"""Callouts: selection of the next person and channel, the call, and the written notifications, until a
person takes the alarm.
"""
