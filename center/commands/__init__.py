"""The commands of `securwoman`, a module for each group; each is a function of its options, and prints.

They find the running center through the state directory, and raise CenterError for what they cannot do.
"""
