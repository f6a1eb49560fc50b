"""The command line `sesshu …`: what a person on the host can do."""
