"""The commands of `securwoman`, a module for each group. A command is a function of its options, and prints.

Commands find the running center through the state directory, and raise CenterError on failure.
"""
