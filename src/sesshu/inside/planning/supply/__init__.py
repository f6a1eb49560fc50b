"""supply 供給: lots and their deliveries to halls."""
