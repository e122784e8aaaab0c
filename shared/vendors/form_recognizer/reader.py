"""The cloud reader: sends the pages that have no text layer, and asks models about their kinds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shared.platform import scratch
from shared.vendors.form_recognizer.analysis import Service, analyze, sensible
from shared.vendors.form_recognizer.fields import fields_in, models
from shared.vendors.form_recognizer.pages import require_same_shape, words_on
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import (
    CloudReaderUnavailable,
    ModelFields,
    Page,
    Reading,
    Word,
    WordSource,
)

if TYPE_CHECKING:
    from azure.ai.formrecognizer import AnalyzeResult

NAME = "form-recognizer-2023-07-31"
LAYOUT = "prebuilt-layout"


class _Answer(NamedTuple):
    """What a model said, and our page for each number it gives a page."""

    result: AnalyzeResult
    shown: dict[int, Page]


class FormRecognizerReader:
    """Leaves to the local reader what that can do: drawing pages, text layers and form fields.

    A PDF is sent as it is, with the numbers of the pages to look at; a picture as its drawn page,
    so that orientation, colours and format are settled, and what a camera adds stays here.
    """

    def __init__(self, local: LocalReader, service: Service) -> None:
        self._local = local
        self._service = service

    async def read(self, file: Path, images: Path) -> Reading:
        drawn = await self._local.draw(file, images)
        unread = [page for page in drawn.pages if page.source is WordSource.OCR]
        if not unread:
            return drawn
        words: dict[int, tuple[Word, ...]] = {}
        for answer in await self._ask(LAYOUT, file, images, unread):
            with sensible():
                for seen in answer.result.pages:
                    words[answer.shown[seen.page_number].number] = words_on(seen)
        pages = tuple(
            page.model_copy(update={"words": words.get(page.number, page.words)})
            for page in drawn.pages
        )
        return drawn.model_copy(update={"reader": f"{NAME}/{LAYOUT}", "pages": pages})

    def understands(self, kind: str) -> bool:
        return kind in models()

    async def understand(self, file: Path, kind: str, pages: Sequence[Page]) -> ModelFields:
        model = models()[kind]
        with scratch.folder() as images:
            if not _is_pdf(file):
                await self._local.draw(file, images)
            answers = await self._ask(model.name, file, images, pages)
        with sensible():
            fields = tuple(
                field
                for answer in answers
                for field in fields_in(answer.result, model, answer.shown)
            )
        return ModelFields(model=f"{NAME}/{model.name}", fields=fields)

    async def _ask(
        self, model: str, file: Path, images: Path, pages: Sequence[Page]
    ) -> list[_Answer]:
        if _is_pdf(file):
            numbers = ",".join(str(page.number) for page in pages)
            content = await asyncio.to_thread(file.read_bytes)
            result = await analyze(self._service, model, content, numbers)
            answers = [_Answer(result, {page.number: page for page in pages})]
        else:
            answers: list[_Answer] = []
            for page in pages:
                content = await asyncio.to_thread((images / f"{page.number}.png").read_bytes)
                result = await analyze(self._service, model, content)
                answers.append(_Answer(result, {1: page}))
        for answer in answers:
            _require_whole(answer)
        return answers


def _require_whole(answer: _Answer) -> None:
    """The free tier looks at two pages and says nothing about the others."""
    with sensible():
        seen = {page.page_number: page for page in answer.result.pages}
        if set(seen) != set(answer.shown):
            raise CloudReaderUnavailable("The cloud reader has not answered for every page")
        for number, page in answer.shown.items():
            require_same_shape(seen[number], page)


def _is_pdf(file: Path) -> bool:
    """As the local reader tells: by the mark, which may have something before it."""
    with file.open("rb") as stream:
        return b"%PDF-" in stream.read(1024)
