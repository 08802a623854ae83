"""What every picture is made of, and plain charts."""
