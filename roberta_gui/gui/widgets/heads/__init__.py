"""One cell, bar or thumbnail for every head."""
