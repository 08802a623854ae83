"""How alike any two layers are, on many sentences, with intervals."""
