"""Signing in, shared by all staff zones (サインイン): password and confirmation code, one seat, training gate."""
