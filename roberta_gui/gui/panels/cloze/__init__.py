"""Fill: all masks together, and whole words at one of them."""
