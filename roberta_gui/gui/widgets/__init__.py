"""Widgets that know no store and no engine: they speak ints, strings and arrays."""
