"""Functions that the command line and the web share: hand out data, back up, read and change settings."""
