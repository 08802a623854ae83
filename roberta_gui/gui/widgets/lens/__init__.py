"""Words that every layer would guess, in bands."""
