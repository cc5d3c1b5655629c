"""Calls: parties to call, times, durations and lines; joining and limits. Pure."""
