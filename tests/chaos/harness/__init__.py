"""Chaos: a whole center under load of one alert or many, struck at a chosen step, and judged from outside.

`flows` says how an alert goes on, `strikes` whom to hit and how, `judge` what must hold at the end. What a
run does is in `cell`; `scripts/chaos/run` is the command line. Nothing here is imported by the center.
"""
