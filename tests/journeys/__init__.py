"""Journeys: real browser, real processes, a made-up town; one file per wish of a person."""
