"""Archive runs against annotations of a sample of them, with the error of every total."""
