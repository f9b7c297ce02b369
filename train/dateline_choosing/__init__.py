"""What of an archive is worth annotating next."""
