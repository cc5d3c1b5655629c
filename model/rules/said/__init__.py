"""What is said, and by which way: advice, the dialogue, questions, announcements, short messages. Pure."""
