"""Faces of the system (区画): one process each, which belongs to one building."""
