"""The parameters every list takes."""

from typing import Annotated

from fastapi import Query

from shared.platform.paging import MAX_PAGE

Cursor = Annotated[
    str | None, Query(max_length=4000, description="``next_cursor`` of the page before.")
]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on a page.")]

PAGE_SIZE = 50
