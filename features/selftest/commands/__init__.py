"""Commands of the self-test, and the drill."""
