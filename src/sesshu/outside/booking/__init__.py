"""Booking (予約): subjects without names, places, bookings."""
