"""Routes for operators' sign-on and for their own access data."""
