"""Archives of any size, read exactly once and killed at any moment, and the copies of one story in them."""
