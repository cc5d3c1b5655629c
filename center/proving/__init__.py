"""What a proof looks at beside the actors: by a process of its own, which ends with what it has found."""
