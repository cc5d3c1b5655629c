"""What a person may ask for, what is given away of an alert, and who has seen what: see README.md."""
