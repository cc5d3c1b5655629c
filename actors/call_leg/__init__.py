"""One party's call: it brings up what the case wishes, and says how it stands."""
