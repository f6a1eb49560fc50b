"""rebooking 振替: whose booking will not hold, who calls them, where there are other places."""
