"""Authentication, rate limits and network checks of the HTTP gateway."""
