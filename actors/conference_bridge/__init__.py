"""The conference of one alert: it opens the voice ports of its legs and mixes them, in a process of its own."""
