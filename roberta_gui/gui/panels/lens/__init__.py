"""Logit lens: what each layer would guess at each token."""
