"""Sesshu 接種 – a municipality's mass vaccination, from the register file to "who has seen my data?"."""
