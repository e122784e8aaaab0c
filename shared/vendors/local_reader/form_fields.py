"""What somebody filled into a PDF's form, which is in no text layer.

The widgets are read from the page, not from the document's list of fields: some writers fill
the widgets and lose the list.
"""

import ctypes
from collections.abc import Callable, Iterator
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from shared.vendors.local_reader.geometry import Display
from shared.vendors.local_reader.layout import fraction
from shared.vendors.local_reader.limits import MAX_FIELDS, MAX_LETTERS
from shared.vendors.reading import DocumentTooLarge, FormField

_NOTES = (pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP)
_NO_TEXT = 2  # bytes: the mark that ends one
_TICKED = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_TYPED = (
    pdfium_c.FPDF_FORMFIELD_TEXTFIELD,
    pdfium_c.FPDF_FORMFIELD_COMBOBOX,
    pdfium_c.FPDF_FORMFIELD_LISTBOX,
)


def form_fields(page: pdfium.PdfPage, display: Display) -> tuple[FormField, ...]:
    if page.formenv is None:
        return ()
    filled = tuple(islice(_filled(page, display), MAX_FIELDS + 1))
    if len(filled) > MAX_FIELDS:
        raise DocumentTooLarge(f"A page has more than {MAX_FIELDS:,} fields filled in")
    if sum(len(field.name) + len(field.value) for field in filled) > MAX_LETTERS:
        raise DocumentTooLarge(f"The fields of a page hold more than {MAX_LETTERS:,} letters")
    return filled


def draw_notes_into_page(page: pdfium.PdfPage) -> bool:
    """Make what was typed onto the page part of its text; say whether there was any.

    That is notes, and widgets that show a text and have no value. The other widgets are taken
    off first: their values are told as form fields, not twice. The page has to be loaded again
    to show the difference.
    """
    kept = 0
    for index in reversed(range(pdfium_c.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        keep = _is_note(annotation) or _only_shows(page.formenv, annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if not keep:
            pdfium_c.FPDFPage_RemoveAnnot(page, index)
        kept += keep
    if not kept:
        return False
    flattened = pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY)
    return flattened == pdfium_c.FLATTEN_SUCCESS


def _is_note(annotation: object) -> bool:
    return pdfium_c.FPDFAnnot_GetSubtype(annotation) in _NOTES


def _only_shows(form: object, annotation: object) -> bool:
    if pdfium_c.FPDFAnnot_GetSubtype(annotation) != pdfium_c.FPDF_ANNOT_WIDGET or form is None:
        return False
    if pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation) not in _TYPED:
        return False
    normal = pdfium_c.FPDF_ANNOT_APPEARANCEMODE_NORMAL
    drawn = pdfium_c.FPDFAnnot_GetAP(annotation, normal, None, 0) > _NO_TEXT
    return drawn and not _value(form, annotation)


def _filled(page: pdfium.PdfPage, display: Display) -> Iterator[FormField]:
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        try:
            value = _value(page.formenv, annotation)
            if value:
                box = display.box(_rectangle(annotation))
                yield FormField(
                    name=_text(pdfium_c.FPDFAnnot_GetFormFieldName, page.formenv, annotation),
                    value=value,
                    box=fraction(box, display.width, display.height),
                )
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)


def _value(form: object, annotation: object) -> str:
    if pdfium_c.FPDFAnnot_GetSubtype(annotation) != pdfium_c.FPDF_ANNOT_WIDGET:
        return ""
    if pdfium_c.FPDFAnnot_GetFlags(annotation) & pdfium_c.FPDF_ANNOT_FLAG_HIDDEN:
        return ""
    kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _TICKED:
        return "Yes" if pdfium_c.FPDFAnnot_IsChecked(form, annotation) else ""
    if kind in _TYPED:
        value = _text(pdfium_c.FPDFAnnot_GetFormFieldValue, form, annotation)
        return "\n".join(value.splitlines()).strip()
    return ""


def _text(ask: Callable[..., int], form: object, annotation: object) -> str:
    size = ask(form, annotation, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 2))
    wide = ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR))
    ask(form, annotation, wide, size)
    return buffer.raw[:size].decode("utf-16-le", "replace").rstrip("\0")


def _rectangle(annotation: object) -> tuple[float, float, float, float]:
    rectangle = pdfium_c.FS_RECTF()
    pdfium_c.FPDFAnnot_GetRect(annotation, rectangle)
    return rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
