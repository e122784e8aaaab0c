"""PDFs whose page trees, boxes and links between objects make no sense."""

from collections.abc import Iterator

from tests.hostile.corpus.case import (
    BLANK,
    DAMAGED,
    TOO_LARGE,
    UNSURE,
    Case,
    Outcome,
    case,
    cases,
)
from tests.hostile.corpus.raw_pdf import RawPdf, says

TREE = "<< /Type /Pages /Kids {kids} /Count {count} >>"
INFINITE = "9" * 400


def generated() -> Iterator[Case]:
    yield from cases("tree", _without_pages().items(), DAMAGED)
    yield from cases("tree", _odd_trees().items(), UNSURE)
    yield from _many_pages()
    yield from _boxes()
    yield from _turned()
    yield from cases("loop", _loops().items(), UNSURE)
    yield from cases("page", _lacking().items(), UNSURE)
    yield from cases("page", _empty().items(), BLANK)


def _tree(text: str, kids: str, count: int | str = 1) -> RawPdf:
    pdf = RawPdf().one_page(says(f"tree: {text}"))
    pdf.put(2, TREE.format(kids=kids, count=count))
    return pdf


def _without_pages() -> dict[str, bytes]:
    return {
        "no kids": _tree("no kids", "[]", 0).written(),
        "no kids, but a count": _tree("no kids, but a count", "[]", 3).written(),
        "a tree of itself": _tree("a tree of itself", "[2 0 R]").written(),
        "a kid that is nothing": _tree("a kid that is nothing", "[null]").written(),
        "a kid that is missing": _tree("a kid that is missing", "[99 0 R]").written(),
        "a kid that is the catalog": _tree("a kid that is the catalog", "[1 0 R]").written(),
        "the second page is missing": _tree("the second is missing", "[3 0 R 99 0 R]", 2).written(),
        "kids missing": RawPdf()
        .one_page(says("kids missing"))
        .written()
        .replace(b"/Kids", b"/Kin"),
        "a page and the tree again": _tree("and again", "[3 0 R 2 0 R]", 2).written(),
        "two trees of each other": _two_trees(),
        "kids that are no list": _tree("no list", "3 0 R").written(),
        "nested 50,000 deep": _nested(50_000),
        "a page of another type": _renamed("another type", b"/Type /Page ", b"/Type /Template "),
        "no tree": RawPdf().one_page(says("no tree")).written().replace(b"/Pages 2", b"/Sides 2"),
    }


def _odd_trees() -> dict[str, bytes]:
    return {
        "the same page ten times": _tree("ten times", "[" + "3 0 R " * 10 + "]", 10).written(),
        "a count below zero": _tree("a count below zero", "[3 0 R]", -1).written(),
        "a count in words": _tree("a count in words", "[3 0 R]", "/Many").written(),
        "a count of nothing": _tree("a count of nothing", "[3 0 R]", 0).written(),
        "nested 500 deep": _nested(500),
        "a page without a type": _renamed("a page without a type", b"/Type /Page ", b""),
        "a page whose parent is itself": _renamed("own parent", b"/Parent 2", b"/Parent 3"),
        "a page without a parent": _renamed("no parent", b"/Parent 2 0 R", b""),
        "brackets 100,000 deep": _brackets(100_000),
    }


def _many_pages() -> Iterator[Case]:
    kids = "[" + "3 0 R " * 5000 + "]"
    yield case("tree/5,000 pages", _tree("5,000 pages", kids, 5000).written(), TOO_LARGE)
    yield case("tree/501 pages", _tree("501", "[" + "3 0 R " * 501 + "]", 501).written(), TOO_LARGE)
    huge = _tree("a count of two thousand million", "[3 0 R]", 2**31 - 1).written()
    yield case("tree/a count of two thousand million", huge, UNSURE)
    lie = _tree("5,000 pages announced, one there", "[3 0 R]", 5000).written()
    yield case("tree/5,000 pages announced, one there", lie, TOO_LARGE)


def _boxes() -> Iterator[Case]:
    for name, box, outcome in _box_kinds():
        pdf = RawPdf().one_page(says(f"box: {name}"), box=box).written()
        yield case(f"box/{name}", pdf, outcome)
    for unit in ("10", "75000", "-1", "0"):
        pdf = RawPdf("1.6").one_page(says(f"unit {unit}"), page=f"/UserUnit {unit}").written()
        yield case(f"box/a unit of {unit}", pdf, UNSURE)
    for name, crop, outcome in (
        ("empty", "[0 0 0 0]", UNSURE),
        ("outside of the page", "[900 900 950 950]", DAMAGED),
        ("larger than the page", "[-500 -500 900 900]", UNSURE),
    ):
        pdf = RawPdf().one_page(says(f"cropped: {name}"), page=f"/CropBox {crop}").written()
        yield case(f"box/cropped, {name}", pdf, outcome)


def _box_kinds() -> list[tuple[str, str | None, Outcome]]:
    return [
        ("missing", None, UNSURE),
        ("empty", "[0 0 0 0]", UNSURE),
        ("of no height", "[0 0 300 0]", UNSURE),
        ("upside down", "[300 300 0 0]", UNSURE),
        ("below zero", "[-300 -300 -1 -1]", BLANK),
        ("of one point", "[0 0 1 1]", BLANK),
        ("14,400 points", "[0 0 14400 14400]", UNSURE),
        ("a thousand million points", "[0 0 1000000000 1000000000]", UNSURE),
        ("infinite", f"[0 0 {INFINITE} {INFINITE}]", UNSURE),
        ("very narrow", "[0 0 14000 1]", BLANK),
        ("of three numbers", "[0 0 300]", UNSURE),
        ("of words", "[/a /b /c /d]", UNSURE),
        ("a loop", "3 0 R", UNSURE),
    ]


def _turned() -> Iterator[Case]:
    for degrees in ("90", "180", "270", "-90", "450", "45", "1", "99999999", "/Left"):
        pdf = RawPdf().one_page(says(f"turned {degrees}"), page=f"/Rotate {degrees}").written()
        yield case(f"turned/by {degrees.strip('/')}", pdf, UNSURE)


def _loops() -> dict[str, bytes]:
    """Things that lead back to themselves, in places a reader follows."""
    outline = "/Outlines 20 0 R"
    return {
        "outlines": _linked("outlines", "<< /First 20 0 R /Last 20 0 R /Next 20 0 R >>", outline),
        "named destinations": _linked(
            "destinations", "<< /Kids [20 0 R] >>", "/Names << /Dests 20 0 R >>"
        ),
        "form fields": _linked(
            "fields",
            "<< /T (f) /Kids [20 0 R] /Parent 20 0 R >>",
            "/AcroForm << /Fields [20 0 R] >>",
        ),
        "page labels": _linked("labels", "<< /Kids [20 0 R] >>", "/PageLabels 20 0 R"),
        "structure": _linked("structure", "<< /K [20 0 R] /P 20 0 R >>", "/StructTreeRoot 20 0 R"),
        "layers": _linked("layers", "<< /OCGs [20 0 R] /D 20 0 R >>", "/OCProperties 20 0 R"),
        "articles": _linked("articles", "<< /F 20 0 R /N 20 0 R >>", "/Threads [20 0 R]"),
        "notes": _noted("notes", "<< /Type /Annot /Subtype /Popup /Parent 20 0 R /Popup 20 0 R >>"),
        "widgets": _noted(
            "widgets",
            "<< /Subtype /Widget /FT /Tx /T (a) /Parent 20 0 R /Kids [20 0 R] /Rect [0 0 9 9] >>",
        ),
        "appearances": _noted(
            "appearances", "<< /Subtype /Widget /Rect [0 0 9 9] /AP << /N 20 0 R >> >>"
        ),
        "actions": _linked("actions", "<< /S /Named /Next 20 0 R >>", "/OpenAction 20 0 R"),
    }


def _empty() -> dict[str, bytes]:
    return {
        "without contents": RawPdf().one_page("null").written(),
        "with missing contents": RawPdf().one_page("99 0 R").written(),
        "whose contents are itself": RawPdf().one_page("3 0 R").written(),
        "whose contents are a list of nothing": RawPdf().one_page("[null null 99 0 R]").written(),
        "whose contents are a number": RawPdf().one_page("42").written(),
        "with empty contents": RawPdf().one_page(b"").written(),
        "with unknown operators": RawPdf().one_page(b"1 2 3 foo bar BX baz EX").written(),
    }


def _lacking() -> dict[str, bytes]:
    return {
        "without resources": _renamed("without resources", b"/Resources", b"/Ressources"),
        "whose font is missing": _renamed("whose font is missing", b"/F1 4 0 R", b"/F1 44 0 R"),
        "whose resources are itself": _renamed(
            "own resources", b"/Resources <<", b"/Resources 3 0 R /Old <<"
        ),
    }


def _linked(text: str, body: str, catalog: str) -> bytes:
    pdf = RawPdf().one_page(says(f"loop: {text}"), catalog=catalog)
    pdf.put(20, body)
    return pdf.written()


def _noted(text: str, body: str) -> bytes:
    pdf = RawPdf().one_page(says(f"loop: {text}"), page="/Annots [20 0 R 20 0 R]")
    pdf.put(20, body)
    return pdf.written()


def _two_trees() -> bytes:
    pdf = _tree("two trees", "[20 0 R]")
    pdf.put(20, "<< /Type /Pages /Kids [2 0 R 3 0 R] /Parent 2 0 R /Count 1 >>")
    return pdf.written()


def _nested(depth: int) -> bytes:
    pdf = _tree(f"nested {depth}", "[1000 0 R]")
    for number in range(1000, 1000 + depth):
        pdf.put(number, TREE.format(kids=f"[{number + 1} 0 R]", count=1))
    pdf.put(1000 + depth, pdf.objects[3])
    return pdf.written()


def _renamed(text: str, old: bytes, new: bytes) -> bytes:
    pdf = RawPdf().one_page(says(f"page: {text}"))
    pdf.put(3, pdf.objects[3].replace(old, new))
    return pdf.written()


def _brackets(depth: int) -> bytes:
    pdf = RawPdf().one_page(says("brackets"), page="/PieceInfo 20 0 R")
    pdf.put(20, "[" * depth + "]" * depth)
    return pdf.written()
