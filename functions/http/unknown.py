"""Whatever no area has: the host would answer it with 404 and nothing else."""

from fastapi import APIRouter

router = APIRouter()
