"""Routes of the app on the user's phone."""
