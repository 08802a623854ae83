"""The same tokens in many small pictures, one a layer."""
