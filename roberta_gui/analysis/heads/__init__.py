"""Reading attention: who looks where, between words, along edges, in which role."""
