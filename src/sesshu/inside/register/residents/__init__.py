"""Residents 住民: who lives here, what they were before, who has a wall around their whereabouts."""
