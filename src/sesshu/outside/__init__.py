"""The outside building (庁外): who comes when, who asks, what happened. No name, no address, ever."""
