"""What the app on the user's phone asks and says."""
