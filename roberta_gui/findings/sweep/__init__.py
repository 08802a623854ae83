"""Which heads a guess depends on, asked and said."""
