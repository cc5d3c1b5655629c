"""State of one alert, and the fold of its events."""
