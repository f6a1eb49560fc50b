"""The sealed room 所管課の部屋: whereabouts of protected persons. Only its own processes enter."""
