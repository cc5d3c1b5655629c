"""Self-test of the whole chain, each night and on demand; test calls on lines; drills."""
