"""Pure functions from arrays to arrays (numpy; no torch, no Qt): what can be read off one pass.

Whatever is slow to import (scipy) is imported inside the function that needs it,
so that the window is on screen before it is paid for.
"""
