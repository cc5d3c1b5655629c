"""What others are told of an alert (112, its systems, contacts of the user), and events in words. Pure."""
