"""Commands as a host writes them, what each does, and why one is refused (ITU-T V.250, 3GPP TS 27.007)."""
