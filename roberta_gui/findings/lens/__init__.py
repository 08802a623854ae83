"""What every layer would guess, read and said."""
