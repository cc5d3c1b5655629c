"""A person's record, data handed out, erasure, and the audit, described in README.md."""
