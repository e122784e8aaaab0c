"""Analyze results in the vendor's shape, made of a page as we see it and of what it says."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.vendors.reading import Box, Page, Word

Json = dict[str, Any]
Turn = Callable[[float, float], tuple[float, float]]

INCHES = (8.5, 11.0)
EVERYWHERE: Box = (0.1, 0.1, 0.2, 0.12)


def as_seen(x: float, y: float) -> tuple[float, float]:
    return x, y


def layout(*pages: Json) -> Json:
    return result("prebuilt-layout", list(pages))


def result(model: str, pages: Sequence[Json], documents: Sequence[Json] = ()) -> Json:
    return {
        "apiVersion": "2023-07-31",
        "modelId": model,
        "stringIndexType": "unicodeCodePoint",
        "content": "\n".join(page["content"] for page in pages),
        "pages": [
            {name: value for name, value in page.items() if name != "content"} for page in pages
        ],
        "documents": list(documents),
    }


def page(
    words: Sequence[Word],
    *,
    number: int = 1,
    size: tuple[float, float] = INCHES,
    angle: float = 0,
    turn: Turn = as_seen,
    marks: Sequence[Json] = (),
) -> Json:
    """A page of those words; ``turn`` moves each corner, in fractions, to where it is seen."""
    lines: dict[int, list[Word]] = defaultdict(list)
    for word in words:
        lines[word.line].append(word)
    content, told, offset = "", list[Json](), 0
    spans = dict[int, Json]()
    for line, inside in lines.items():
        start = offset
        for word in inside:
            span = {"offset": offset, "length": len(word.text)}
            told.append(
                {
                    "content": word.text,
                    "polygon": polygon(word.box, size, turn),
                    "confidence": word.confidence,
                    "span": span,
                }
            )
            offset += len(word.text) + 1
        spans[line] = {"offset": start, "length": offset - start - 1}
        content += " ".join(word.text for word in inside) + "\n"
    return {
        "content": content,
        "pageNumber": number,
        "angle": angle,
        "width": size[0],
        "height": size[1],
        "unit": "inch" if size[0] < 100 else "pixel",
        "words": told,
        "lines": [
            {
                "content": " ".join(word.text for word in inside),
                "polygon": polygon(inside[0].box, size, turn),
                "spans": [spans[line]],
            }
            for line, inside in lines.items()
        ],
        "selectionMarks": list(marks),
        "spans": [{"offset": 0, "length": max(offset - 1, 0)}],
    }


def mark(state: str, box: Box, size: tuple[float, float] = INCHES) -> Json:
    return {
        "state": state,
        "polygon": polygon(box, size),
        "confidence": 0.98,
        "span": {"offset": 0, "length": 1},
    }


def polygon(box: Box, size: tuple[float, float] = INCHES, turn: Turn = as_seen) -> list[float]:
    """The four corners, clockwise from the top left of the text."""
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    return [
        side * length
        for corner in corners
        for side, length in zip(turn(*corner), size, strict=True)
    ]


def document(kind: str, fields: Mapping[str, Json]) -> Json:
    return {
        "docType": kind,
        "boundingRegions": [],
        "spans": [{"offset": 0, "length": 1}],
        "fields": dict(fields),
        "confidence": 1,
    }


def said(kind: str, value: Any, content: str, *, box: Box = EVERYWHERE, **more: Any) -> Json:
    """One field as the reference has it: of the type number it has a ``valueNumber``."""
    return {
        "type": kind,
        f"value{kind[0].upper()}{kind[1:]}": value,
        "content": content,
        "boundingRegions": [{"pageNumber": more.get("page", 1), "polygon": polygon(box)}],
        "confidence": more.get("confidence", 0.95),
        "spans": [{"offset": 0, "length": len(content)}],
    }


def string(content: str, **more: Any) -> Json:
    return said("string", content, content, **more)


def number(value: float, **more: Any) -> Json:
    return said("number", value, f"{value:,.2f}", **more)


def currency(amount: float, **more: Any) -> Json:
    value = {"amount": amount, "currencySymbol": "$", "currencyCode": "USD"}
    return said("currency", value, f"${amount:,.2f}", **more)


def date(iso: str, content: str, **more: Any) -> Json:
    return said("date", iso, content, **more)


def address(content: str, **more: Any) -> Json:
    return said("address", {"road": content}, content, **more)


def object_of(fields: Mapping[str, Json]) -> Json:
    return {"type": "object", "valueObject": dict(fields)}


def list_of(*items: Mapping[str, Json]) -> Json:
    return {"type": "array", "valueArray": [object_of(each) for each in items]}


def of_page(seen: Page, size: tuple[float, float] | None = None, number: int | None = None) -> Json:
    """What the vendor would have seen on the same page."""
    return page(
        seen.words,
        number=number or seen.number,
        size=size or (float(seen.width), float(seen.height)),
    )
