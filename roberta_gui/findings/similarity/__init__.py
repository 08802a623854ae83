"""How alike the layers are, compared and said."""
