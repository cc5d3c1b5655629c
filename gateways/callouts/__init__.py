"""How people are called until somebody takes it: whom next, by which way, the call, and what is written."""
