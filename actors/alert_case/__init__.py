"""Owner of one alert: reads the journal and derives the desired state of its legs, its bridge and its
operator.
"""
