"""Mixer: process that holds the voices of up to ten alerts."""
