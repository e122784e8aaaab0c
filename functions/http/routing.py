"""What the routes of every area have in common."""

from fastapi import APIRouter

from functions.http.problems import PROBLEMS


def area_router(name: str) -> APIRouter:
    """The routes under ``/api/v1/<name>``."""
    return APIRouter(prefix=f"/api/v1/{name}", tags=[name], responses=PROBLEMS)
