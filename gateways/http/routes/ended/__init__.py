"""/v1/history, /v1/figures, /v1/reviews: what is asked and said of alerts that have ended.."""
