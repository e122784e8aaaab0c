"""Finds shared access signatures in what the API answers, wherever they are."""

import re

import httpx

SIGNED = re.compile(r'https?://[^"\s]+[?&]sig=[^"\s]+')


def links_in(answer: httpx.Response) -> list[str]:
    if answer.headers.get("content-type", "").startswith("image/"):
        return []
    return SIGNED.findall(answer.headers.get("location", "")) + SIGNED.findall(answer.text)
