"""How far annotators agree, where they do not, and a file to settle it in."""
