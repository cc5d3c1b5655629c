"""What a month was like: how long the intake was away, how soon was answered, what others ask. Pure."""
