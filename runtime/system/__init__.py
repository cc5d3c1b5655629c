"""The actor system itself: on Thespian in many processes, or in one for tests."""
