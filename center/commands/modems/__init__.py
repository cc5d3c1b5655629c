"""Commands about modems and their lines: found, tried, set up."""
