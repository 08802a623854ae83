"""What two sentences have in common, and where they differ."""
