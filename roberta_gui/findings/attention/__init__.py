"""What is measured, shown and said of one head."""
