"""Looks 照会: who of the office looked at whom; written before anything is shown."""
