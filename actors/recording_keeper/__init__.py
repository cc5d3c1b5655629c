"""Looks after the files of what was recorded: mends what was cut short, deletes what is old."""
