"""Voice ports: where the sound of a leg is read from and written to."""
