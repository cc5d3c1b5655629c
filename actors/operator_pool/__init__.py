"""Who can take an alert."""
