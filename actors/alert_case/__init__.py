"""The story of one alert: from the journal to what its legs, its bridge and its operator have to do."""
