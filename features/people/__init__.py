"""People who may raise alerts, and the operators who answer: entered, corrected, invited; see README.md."""
