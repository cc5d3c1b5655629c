"""The modem driver: from bytes and time to commands and events, from unknown to ready and back."""
