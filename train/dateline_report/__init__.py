"""What a model reads against what is annotated: figures with their uncertainty, the cases, the page."""
