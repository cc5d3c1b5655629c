"""Which line carries a call; the emergency trunk kept for 112."""
