"""venues 会場: halls, when they are open, and the slots that can be booked."""
