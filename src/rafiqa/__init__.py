"""Rafiqa takes a city from ground contaminated by explosive ordnance to a city rebuilt."""

__version__ = "0.1.0"
