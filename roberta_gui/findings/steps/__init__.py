"""What findings compute with a model in short steps, so that others take their turns."""
