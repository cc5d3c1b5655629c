"""The doctor: one look a module, each answered in findings."""
