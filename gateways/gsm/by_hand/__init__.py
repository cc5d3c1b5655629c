"""A modem in the hands of a command or of the watcher, with no actor between."""
