"""What is said of tokens on fixed axes."""
