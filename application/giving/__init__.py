"""What is handed out: everything about a person to that person, the whole story of an alert to a court."""
