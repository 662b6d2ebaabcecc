from typing import Any

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from dva.simulations import load

INVALIDATION = load("cloudfront-invalidation")


def invalidate(cached: list[str], paths: list[str], **more: Any) -> dict[str, Any]:
    batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": "r"}
    return INVALIDATION.run({"cached": cached, "InvalidationBatch": batch, **more}).outcome


@pytest.mark.parametrize(
    ("path", "cached", "gone"),
    [
        ("/images/image1.jpg", "/images/image1.jpg", True),
        ("/images/image1.jpg", "/images/Image1.jpg", False),
        ("/images/image*", "/images/image2.png", True),
        ("/images/*", "/images/a/b/c.png", True),
        ("/images/*", "/images", False),
        ("/images*", "/images-old/a.png", True),
        ("/*", "/", True),
        ("*", "/anything", True),
        ("/a.jpg", "/a.jpg?x=1", False),
        ("/a.jpg?x=1", "/a.jpg?x=1", True),
        ("/a.jpg*", "/a.jpg?x=1", True),
        ("/a.jpg", "/a.jpg | accept=webp", True),
    ],
)
def test_paths_of_the_developer_guide(path: str, cached: str, gone: bool) -> None:
    assert invalidate([cached], [path])["removed"] == ([cached] if gone else [])


@pytest.mark.parametrize(
    ("before", "paths", "billed"), [(0, 1000, 0), (0, 1001, 1), (999, 2, 1), (1000, 3, 3), (1800, 600, 600)]
)
def test_the_first_thousand_paths_are_free(before: int, paths: int, billed: int) -> None:
    names = [f"/{number}" for number in range(paths)]
    assert invalidate([], names, submitted_this_month=before)["billed_paths"] == billed


def test_three_distributions_of_six_hundred_paths_cost_eight_hundred() -> None:
    """The example of "Pay for file invalidation": the free paths are the account's."""
    names = [f"/{number}" for number in range(600)]
    assert sum(invalidate([], names, submitted_this_month=n)["billed_paths"] for n in (0, 600, 1200)) == 800


@pytest.mark.parametrize("path", ["images/a.jpg", "/images/*.jpg", "/*/a", "/" + "a" * 4000, ""])
def test_paths_that_are_refused(path: str) -> None:
    outcome = invalidate(["/a"], [path])
    assert (outcome["status"], outcome["error"]["code"]) == ("refused", "InvalidArgument")
    assert outcome["left"] == ["/a"]


def test_a_caller_reference_with_other_paths_is_refused() -> None:
    before = {"Paths": {"Items": ["/b"]}, "CallerReference": "r"}
    assert invalidate(["/a"], ["/a"], previous=[before])["error"]["code"] == "InvalidationBatchAlreadyExists"


PATH = st.lists(st.sampled_from(["a", "b", "A", "a?x=1"]), min_size=1, max_size=3).map(lambda p: "/" + "/".join(p))


@forall(st.lists(PATH, unique=True), st.lists(PATH.flatmap(lambda p: st.sampled_from([p, p + "*"])), min_size=1))
def test_every_object_is_either_removed_or_left(cached: list[str], paths: list[str]) -> None:
    outcome = invalidate(cached, paths)
    assert sorted(outcome["removed"] + outcome["left"]) == sorted(cached)
    assert invalidate(outcome["left"], paths)["removed"] == []
    assert all(path not in outcome["left"] for path in paths)
