"""A bundle as it lies on a disk: bytes that nobody vouches for → bytes that were checked, and may be used."""
