"""What can be said of words at masks."""
