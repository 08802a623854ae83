"""How values, tokens and heads are written, scaled and marked in every finding."""
