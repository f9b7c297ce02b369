"""Numbers and days that the words of a text mean."""
