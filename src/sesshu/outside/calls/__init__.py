"""Calls (応対): a call-centre case, the blind identity check, scripts, the hand-off slip."""
