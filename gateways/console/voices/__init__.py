"""The operators' own voices by their browsers, and how loud the parties are."""
