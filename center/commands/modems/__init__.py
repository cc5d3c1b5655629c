"""Commands for modems and their lines: list, test and set up."""
