"""Which heads matter: each is switched off alone, and a watched word looked at."""
