"""Information about an alert for others (112, its systems, the user's contacts), and events in words.
Pure.
"""
