"""Annotators of the same short dispatches, who differ as they are told to, and the command that compares them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from dateline_agreement.annotators import Annotator
from dateline_agreement.commands import agree
from dateline_agreement.shared_dispatches import Shared, shared_dispatches
from dateline_formats.format import Annotated
from dateline_labels import Dispatch, Relation, Span
from dateline_labels.main import main

TEXT = "Gunmen ambushed a patrol near Gao on Monday, killing two soldiers."


def span(name: str, label: str, words: str, **attributes: str) -> Span:
    """A span of the first occurrence of the words in the text."""
    start = TEXT.index(words)
    return Span(name, label, start, start + len(words), attributes)


def raid(*spans: Span, relations: Sequence[tuple[str, str, str]] = (), name: str = "raid") -> Dispatch:
    """The dispatch with these spans and relations."""
    return Dispatch(name, TEXT, spans=spans, relations=tuple(Relation(*each) for each in relations))


WHO = span("a", "ACTOR", "Gunmen")
ACT = span("b", "ATTACK", "ambushed", kind="armed_assault", status="occurred")
PLACE = span("c", "LOCATION", "Gao")
FULL = raid(WHO, ACT, PLACE, relations=[("perpetrator", "b", "a"), ("place", "b", "c")])


def shared_by(of: Mapping[str, Sequence[Dispatch]]) -> Shared:
    """The dispatches of annotators who need no files."""
    return shared_dispatches(
        [Annotator(name, Path(f"{name}.jsonl"), Annotated(tuple(own))) for name, own in of.items()]
    )


def run_agree(*arguments: object) -> int:
    """`dateline agree`."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(agree)
    return main([str(each) for each in arguments], app)
