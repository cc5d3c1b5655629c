"""Conference of one alert: the voice ports of its legs, opened and mixed in a process of its own."""
