"""From the state of things to what the screen is told. Pure functions, no clock and no I/O."""
