"""Tools that know nothing of vaccination and nothing of Django."""
