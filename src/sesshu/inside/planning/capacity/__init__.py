"""capacity 枠数: changing the places of sessions, never below what is booked."""
