"""What one changes of oneself: ways of signing on, and the own record from an enrolled phone."""
