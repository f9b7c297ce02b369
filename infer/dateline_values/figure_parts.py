"""A casualty figure in its sentence → how it stands to the other figures, so that sums do not count anyone twice."""

import re
from typing import Final

_REACH: Final = 200
_TAIL: Final = 40
_HARMED = (
    r"(?:dead|deceased|wounded|injured|killed|slain|victims?|casualties|fatalities|bodies|missing|captured|kidnapped"
    r"|abducted"
    r"|hostages|captives|hurt|detained|survivors|abductees|murdered|deaths|martyrs|hanged|shot|freed)"
)
_SMALL_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)"
_SENTENCE_END: Final = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(\[A-Z]|$)|\n\s*\n|;|•")
_ABBREVIATED: Final = re.compile(r"\b(?:mr|mrs|ms|dr|st|gen|col|lt|sgt|maj|capt|rev|gov|sen|rep|no|u\.s|[a-z])$")
_HARM: Final = re.compile(
    rf"\b(?:{_HARMED}|kill\w*|wound\w*|injur\w*|died|die|dies|lives|toll|losses|abduct\w*|kidnap\w*|took|taken)\b"
)

_TOTAL_WORDS: Final = re.compile(
    r"(?:a )?(?:combined |grand |overall )?total(?: number)? of\b|in all\b|altogether\b|overall\b"
)
_TOTAL_TAIL: Final = re.compile(
    r"(?:\bto|\bat|\breached|\bhits?|\bpass(?:ed|es)|\bexceed(?:ed|s)|\btop(?:ped|s)|\bsurpass(?:ed|es)|\bpast|\babove"
    r"|[,:]|\bis|\bwas|\bnow|\bof|\ball|\baltogether|\bin total) (?:now |about |around |some |a total of )*$"
)
_TOTAL_BEFORE: Final = re.compile(
    r"(?:\b(?:toll|tally|count|total|number|figure|dead|deaths|casualties)\b[^:]*"
    r"(?:\bto|\b(?:stood|stands?|standing) at|\breached|\bhits?|\bpass(?:ed|es)|\bexceed(?:ed|s)|\btop(?:ped|s)"
    r"|\bsurpass(?:ed|es)|\b(?:climbs|climbed|rises|rose|risen) (?:past|above))"
    r"|\b(?:bring(?:s|ing)?|brought|tak(?:es?|ing)|took|rais(?:es?|ed|ing)|push(?:es|ed|ing)?|lift(?:s|ed|ing)?"
    r"|lower(?:s|ed|ing)?|revis(?:es|ed|ing)|updated)\b[^:]* to"
    r"|\b(?:death )?toll(?: \w+){0,3}(?:,|:| is| was| now)|\b(?:a )?total(?: number)? of|\bin all,?|\baltogether,?"
    r"|\bin total,?) (?:now |about |around |some |at |a total of )*$"
)
_TOTAL_AFTER: Final = re.compile(
    r"(?: (?!named|identified)[\w'-]+){0,3},? (?:so far\b|in all\b|in total\b|altogether\b|all told\b)(?! this)"
    r"|(?: the)? (?:overall |total |death )*(?:toll|tally)\b"
)

_OF_WORDS: Final = re.compile(
    rf"\bof (?:the|those|these|our|its|their|all) (?:[\w-]+ ){{0,2}}?{_HARMED}\b|\bof the (?:other )?{_SMALL_NUMBER}$"
    rf"|\bof whom$"
    rf"|^(?:the )?(?:rest|remainder|remaining)\b|^the other {_SMALL_NUMBER}|^(?:mostly|mainly|largely|chiefly"
    rf"|all but)\b"
)
_OF_THEM: Final = re.compile(r"\bof (?:them|those|these)\b|^(?:both|all|most|some|many|half)$")
_OPENS_LIST: Final = re.compile(
    r"\b(?:including|counting|comprising|consisting of|made up of|namely|included|includes?"
    r"|(?:among|of|amongst) (?:them|whom|these|those)"
    rf"|of (?:the|those|these) {_SMALL_NUMBER}(?: [\w-]+)? {_HARMED} ?$"
    rf"|(?:among|of|amongst) (?:the|those|these) (?:[\w-]+ ){{0,2}}?(?:{_HARMED}|{_SMALL_NUMBER})"
    r"(?:,|:|(?: (?!and\b)[\w'-]+){0,6}? (?:were|was|are|is|being)\b)(?: (?:named|identified) as)?"
    r"|(?:identified|named)(?: [\w'-]+){0,5}? as"
    r"|(?:victims|dead|deceased|slain|killed|casualties|wounded|injured)(?: (?!sa|who)[\w'-]+){0,3}? (?:were|was|are):?"
    r"(?: (?:named|identified) as)?"
    rf"|{_SMALL_NUMBER}(?: [a-z'-]+){{0,3}} (?:[a-z]+s|people|men|women|children|dead|killed|wounded|injured)(?::"
    rf"| ?[—–]| --?| \())"
)
_LIST_SO_FAR: Final = re.compile(
    r"(?P<listed>.*?(?P<join>,|, and|\band|\bas well as|\bplus))?[ ,]*(?:were|was|are)?[ ,]*"
    r"(?:at least |also |as many as |mostly |an? |the |what he called )*"
)
_LIST_ENDED: Final = re.compile(
    r"\b(?:kill(?:ed|ing)|wound(?:ed|ing)|injur(?:ed|ing)|were|was|said|says|died|had|has|have|while|but|when|which|that"
    r"|after|before|as|who|lost|losing|survived|dead|hurt|would|could|did|leaving)\b"
)
_OF_AFTER: Final = re.compile(
    rf" (?:of whom|of them|of these|among them|(?:was|were|is|are) (?:also )?among|among (?:the|those) {_HARMED})\b"
)

_MORE_WORDS: Final = re.compile(
    r"\b(?:another|others?|further|additional|else)\b|(?<!or )(?<!no )(?<!not )(?<!even )\bmore\b(?! than)"
    r"|^(?:an? |the |yet )?(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th))\b(?! of)"
)
_MORE_BEFORE: Final = re.compile(r"\b(?:another|a further|an additional|further|additional) $")
_MORE_AFTER: Final = re.compile(r" (?:more|others?)\b(?! than)")


def part_of(text: str, start: int, end: int) -> str:
    """How the figure `text[start:end]` stands to others of its text.

    `total`: it takes in what was counted before ("the death toll rose to 34"). `of`: its people are among those of
    another figure, whatever the outcome ("including three children", "two of the wounded", names of the dead). `more`:
    they come on top of another figure ("another four", "five others"). `whole`: none of these is said.
    """
    words = " ".join(text[start:end].casefold().split())
    earlier, before = _before(text, start)
    after = text[end : end + 60].casefold()
    if _TOTAL_WORDS.match(words) or _TOTAL_AFTER.match(after):
        return "total"
    if _TOTAL_TAIL.search(before[-_TAIL:]) and _TOTAL_BEFORE.search(before):
        return "total"
    if _OF_WORDS.search(words) or _OF_AFTER.match(after) or _is_listed(before):
        return "of"
    if _OF_THEM.search(words) and _is_of_harmed(words, earlier, before):
        return "of"
    if _MORE_WORDS.search(words) or _MORE_BEFORE.search(before) or _MORE_AFTER.match(after):
        return "more"
    return "whole"


def _is_listed(before: str) -> bool:
    """Whether what stands before a figure tells that it is one of a list that spells out another figure."""
    openers = list(_OPENS_LIST.finditer(before))
    if not openers:
        return False
    rest = before[openers[-1].end() :]
    so_far = _LIST_SO_FAR.fullmatch(rest)
    if so_far is None or (not rest.endswith((" ", "(")) and rest):
        return False
    listed = so_far["listed"] or ""
    # "including two officers, and 40 militants": a list of two takes no comma
    closed = (listed.endswith(", and") and listed.count(",") == 1) or listed.count(")") > listed.count("(")
    return not closed and not _LIST_ENDED.search(listed)


def _is_of_harmed(words: str, earlier: str, before: str) -> bool:
    """Whether "two of them" are two of people already counted as harmed, and not two of those who attacked or fled."""
    if before.rstrip().endswith((",", "(", "—", "–", "-", ":")):
        return True
    return " " in words and not before.strip(" \"'“‘([") and bool(_HARM.search(earlier))


def _before(text: str, start: int) -> tuple[str, str]:
    """What stands before `start`, in lower case with plain spaces: the sentence before, its own sentence so far."""
    before = text[max(0, start - _REACH) : start]
    earlier, begin = "", 0
    for match in _SENTENCE_END.finditer(before):
        if before[match.start()] != "." or not _ABBREVIATED.search(before[: match.start()].casefold()):
            earlier, begin = before[begin : match.start()], match.end()
    return earlier.casefold(), _plain(before[begin:])


def _plain(words: str) -> str:
    return " ".join(words.casefold().split()) + (" " if words[-1:].isspace() else "")
