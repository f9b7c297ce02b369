"""The annotation tools in which disputes can be settled."""

from enum import StrEnum


class Tool(StrEnum):
    """What the merged annotations of several annotators are written for."""

    BRAT = "brat"
    LABEL_STUDIO = "label-studio"
