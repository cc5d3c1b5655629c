"""What is asked and answered: its forms in JSON and MessagePack, how a body is read, what can go wrong."""
