"""Figures with their uncertainty: resampling, shares and F1, agreement beyond chance."""
