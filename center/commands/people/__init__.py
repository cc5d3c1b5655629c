"""Commands about people: users, their records and phones, operators and what lets them in."""
