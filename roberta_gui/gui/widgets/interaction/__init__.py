"""What clicks, drags and keys mean in every picture."""
