"""Token: one token closely, and its word under the microscope."""
