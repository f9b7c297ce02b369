"""A bundle that is made anew takes the place of the old one, or leaves it: no moment has neither."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from dateline_train.packaging import replacing_folder


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "manifest.json").write_text("old", encoding="utf-8")
    return folder


def made_anew(bundle: Path) -> None:
    with replacing_folder(bundle) as work:
        (work / "manifest.json").write_text("new", encoding="utf-8")


def test_the_new_bundle_takes_the_place_of_the_old(bundle: Path) -> None:
    made_anew(bundle)
    assert (bundle / "manifest.json").read_text(encoding="utf-8") == "new"
    assert list(bundle.parent.iterdir()) == [bundle]


@pytest.mark.parametrize("step", range(2))
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
@pytest.mark.parametrize("after", [False, True])
def test_an_interruption_leaves_a_whole_bundle(
    step: int, error: BaseException, after: bool, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = iter(range(10))
    replace: Callable[..., None] = os.replace

    def interrupted(*arguments: object, **options: object) -> None:
        here = next(steps) == step
        if here and not after:
            raise error
        replace(*arguments, **options)
        if here:
            raise error

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(type(error)):
        made_anew(bundle)
    made = step == 1 and after
    assert (bundle / "manifest.json").read_text(encoding="utf-8") == ("new" if made else "old")
    assert list(bundle.parent.iterdir()) == [bundle]


def test_a_link_stays_and_the_bundle_it_leads_to_is_replaced(bundle: Path, tmp_path: Path) -> None:
    link = tmp_path / "links" / "current"
    link.parent.mkdir()
    link.symlink_to(bundle)
    made_anew(link)
    assert link.is_symlink()
    assert (bundle / "manifest.json").read_text(encoding="utf-8") == "new"
    assert sorted(bundle.parent.iterdir()) == [bundle, link.parent]
