"""Rules of a case. Each reads the whole state and returns events, requests and a wake-up time. Pure."""
