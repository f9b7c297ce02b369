"""`dateline report`: all that a paper's evaluation section needs, of a checkpoint or bundle."""


def report() -> None:
    """Write the evaluation report of a checkpoint or bundle."""
    raise NotImplementedError
