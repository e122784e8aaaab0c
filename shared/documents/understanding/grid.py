"""The boxes that labels open: each reaches to the labels at its right and below."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from shared.documents.understanding.layout import overlap, same_row
from shared.vendors.reading import Box

SLACK = 0.006
"""A scan is skewed, and a box's edge stands a little before its label: a fraction of the page."""

MARK_REACH = 5.0
"""Print that is no label bounds only what stands in this many heights of a label below it."""


ALIGNED = 0.02
"""Labels whose left edges are this near stand in one column."""


class Post(NamedTuple):
    """Something printed that a box ends at.

    A post that is ``deep`` opens a box of its own, which bounds all that stands beside it down to
    the next post; others, such as titles and check boxes, bound only what is right beside them.
    """

    box: Box
    deep: bool


class Grid:
    """The printed posts of one page, and the boxes between them."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self._posts = posts
        self._depths = {post.box: self._depth(post.box) for post in posts}

    def cell(self, label: Box, without: Collection[Box] = ()) -> Box:
        """The box that opens at the label; ``without`` are posts printed inside it."""
        left, top, end, _ = label
        bottom = self._bottom(label, without)
        right = 1.0
        for post in self._posts:
            beside = post.box[0] >= end - SLACK and post.box not in without and post.box != label
            if beside and self._bounds(post, label, bottom):
                right = min(right, post.box[0])
        return left - SLACK, top - SLACK / 2, right - SLACK / 2, bottom

    def _bottom(self, label: Box, without: Collection[Box]) -> float:
        left, top, end, low = label
        return min(
            (
                post.box[1]
                for post in self._posts
                if post.box[1] > (top + low) / 2
                and post.box not in without
                and overlap((left, end), (post.box[0], post.box[2])) > 0
            ),
            default=1.0,
        )

    def _depth(self, label: Box) -> float:
        """How far down a box surely goes: boxes of one column end where the next one begins."""
        bottom = self._bottom(label, ())
        aligned = any(
            post.box[1] == bottom and abs(post.box[0] - label[0]) < ALIGNED for post in self._posts
        )
        return bottom if aligned else label[3]

    def _bounds(self, post: Post, label: Box, bottom: float) -> bool:
        if same_row(post.box, label):
            return True
        top = label[1]
        if post.deep:
            return post.box[1] < bottom - SLACK and self._depths[post.box] > top + SLACK
        reach = label[3] + MARK_REACH * (label[3] - top)
        return top + SLACK < post.box[3] and post.box[1] < min(bottom - SLACK, reach)
