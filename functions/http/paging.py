"""The parameters every list takes."""

from typing import Annotated

from fastapi import Depends, Query

from shared.platform.paging import MAX_PAGE, PAGE_SIZE, Asked


async def asked_page(
    cursor: Annotated[
        str | None,
        Query(max_length=4000, description="``next`` or ``prev`` of a page of this list."),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="Items on a page.")] = PAGE_SIZE,
) -> Asked:
    return Asked(cursor, limit)


AskedPage = Annotated[Asked, Depends(asked_page)]
