"""Trains, evaluates and packages checkpoints."""
