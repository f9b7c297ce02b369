"""The tasks of Label Studio's JSON as they are in its files, as far as a dispatch needs them."""

from typing import Annotated as Checked
from typing import Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter


class _Loose(BaseModel):
    # what else a version of the tool writes is of no use here
    model_config = ConfigDict(extra="ignore", strict=True, defer_build=True)


_Name = Checked[str | None, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
_Person = Checked[str | None, BeforeValidator(lambda value: _person(value))]
_Score = Checked[float | None, BeforeValidator(lambda value: _number(value))]


def _number(value: object) -> object:
    """A whole number as a float, unless it is too large for one, which is no score either."""
    return float(value) if type(value) is int and value.bit_length() < 64 else value


def _person(value: object) -> str | None:
    """Who made an annotation: the number of an account, or an object that has more of it; None where nobody knows."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("email", "username", "id") if value.get(key)), None)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value != "" else None


class Result(_Loose):
    """A region, a choice or a relation, or what else was made of a task."""

    id: _Name = None
    type: str
    from_name: str | None = None
    value: dict[str, Any] = {}
    from_id: _Name = None
    to_id: _Name = None
    direction: str | None = None
    labels: list[str] | None = None
    score: _Score = None
    meta: dict[str, Any] | None = None


class Annotation(_Loose):
    """What somebody, or a model, made of a task."""

    result: list[Result] | None = None
    was_cancelled: bool | None = None
    skipped: bool | None = None  # the same in versions before 1.0
    ground_truth: bool | None = None
    completed_by: _Person = None

    @property
    def is_cancelled(self) -> bool:
        """Whether whoever made it took it back."""
        return bool(self.was_cancelled or self.skipped)


class Task(_Loose):
    """A task with all that was made of it."""

    id: int | str | None = None
    data: dict[str, Any]
    annotations: list[Annotation] | None = None
    completions: list[Annotation] | None = None  # as versions before 1.0 have it
    predictions: list[Annotation] | None = None
    drafts: list[Any] | None = None
    meta: dict[str, Any] | None = None

    def of(self, key: str) -> list[Annotation]:
        """The annotations or predictions under the key."""
        return {"annotations": self.annotations, "completions": self.completions}.get(key, self.predictions) or []

    @property
    def annotated_key(self) -> str:
        """The key of what people made of the task."""
        return "completions" if self.completions and not self.annotations else "annotations"


TASK = TypeAdapter(Task)
