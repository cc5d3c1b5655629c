"""The user's microphone over data, heard before any call."""
