"""What others are told of an alert, and when: 112, its systems, the contacts of the user. Pure."""
