"""Actor system: on Thespian in many processes, or in one process for tests."""
