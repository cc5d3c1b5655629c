"""Routes, one module for each subject, in the order of docs/api.md."""
