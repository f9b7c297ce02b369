"""Why a piece of annotation is suspected, in words."""

from .suspects_doubts import Claim, Doubt, Kind

_LONGEST = 80


def reason(doubt: Doubt) -> str:
    """One sentence: what is annotated and how probable, what is read instead and how probable."""
    sure, read = share(doubt.other), doubt.read
    if not doubt.annotated.label:
        return f"nothing is annotated; read is {_claim(doubt, read)} ({sure})"
    stands = f"{_claim(doubt, doubt.annotated)} is annotated, which is given {share(doubt.confidence)}"
    if not read.label:
        nothing = "no relation" if doubt.kind is Kind.RELATION else "no span"
        return f"{stands}; read is {nothing} ({sure})"
    return f"{stands}; read is {_claim(doubt, read)} ({sure})"


def share(probability: float) -> str:
    """A probability in per cent; neither 0 nor 100 where it is near."""
    if probability < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if probability > 0.999 else f"{100 * probability:.1f} %"


def words_of(claim: Claim) -> str:
    """The words of a span, or of both ends of a relation."""
    return " → ".join(f"“{_short(words)}”" for words in claim.words)


def _claim(doubt: Doubt, claim: Claim) -> str:
    if doubt.kind is Kind.VALUE:
        return f"{doubt.name} {claim.label} of {words_of(claim)}"
    return f"{claim.label} {words_of(claim)}"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 20]} … {words[-15:]}"
