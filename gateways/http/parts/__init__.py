"""What the web process is made of, how it is made, and how the routes have it."""
