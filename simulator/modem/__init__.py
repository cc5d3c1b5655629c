"""Simulated modem: its commands, calls, messages and vices, as data and sans-IO."""
