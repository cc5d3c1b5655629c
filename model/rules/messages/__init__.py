"""Messages and their channels: advice, dialogue, questions, announcements, SMS. Pure."""
