"""Whole-center stories, in one process with the virtual clock."""
