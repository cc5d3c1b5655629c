"""Who is let in, how often, how slowly, and from where."""
