"""One simulated modem: its commands, its calls, its messages and its vices, as data and sans-IO."""
