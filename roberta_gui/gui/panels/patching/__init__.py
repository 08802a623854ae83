"""Where it comes from: states of A are put into B, and a watched word looked at."""
