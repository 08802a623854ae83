"""What all heads are sorted by, and what their thumbnails show."""
