"""PDFs that somebody has locked, or that say so."""

from collections.abc import Iterator
from io import BytesIO

import pypdf
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.hostile.corpus.case import DAMAGED, ENCRYPTED, UNSURE, Case, Outcome, case
from tests.hostile.corpus.raw_pdf import RawPdf, page_saying, says

ALGORITHMS = ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256")
PASSWORDS = {
    "short": "x",
    "with spaces": "open sesame please",
    "of other letters": "Geh\u00e4lter-\u65e5\u672c",
    "of 127 letters": "p" * 127,
}


def generated() -> Iterator[Case]:
    for algorithm in ALGORITHMS:
        yield _locked(f"user password, {algorithm}", algorithm, ENCRYPTED, user="secret")
        yield _locked(f"owner password only, {algorithm}", algorithm, UNSURE, user="")
    for sort, password in PASSWORDS.items():
        yield _locked(f"password {sort}", "AES-256", ENCRYPTED, user=password)
    for strength in (40, 128):
        yield case(f"locked/reportlab, {strength} bits", _by_reportlab(strength), ENCRYPTED)
    yield case("locked/cut in half", _cut(), DAMAGED)
    yield from _odd_locks()


def _locked(name: str, algorithm: str, outcome: Outcome, *, user: str) -> Case:
    def make() -> bytes:
        plain = page_saying(f"Locked with {name}")
        writer = pypdf.PdfWriter(clone_from=BytesIO(plain))
        writer.encrypt(user, "owner", algorithm=algorithm)
        target = BytesIO()
        writer.write(target)
        return target.getvalue()

    return case(f"locked/{name}", make, outcome)


def _by_reportlab(strength: int) -> bytes:
    target = BytesIO()
    lock = StandardEncryption("user", "owner", strength=strength)
    canvas = Canvas(target, pagesize=(300, 300), encrypt=lock, invariant=True)
    canvas.drawString(20, 200, f"Locked with {strength} bits")
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _cut() -> bytes:
    whole = _by_reportlab(128)
    return whole[: len(whole) // 2]


def _odd_locks() -> Iterator[Case]:
    """Dictionaries that no lock of ours opens; what cannot be opened is not guessed at."""
    for name, lock in {
        "by public keys": "<< /Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s4 /V 4 >>",
        "by an unknown handler": "<< /Filter /ACME.DRM /V 1 >>",
        "of version 99": "<< /Filter /Standard /V 99 /R 99 /O (o) /U (u) /P -1 >>",
        "without keys": "<< /Filter /Standard /V 2 /R 3 /P -4 >>",
        "of no bits": "<< /Filter /Standard /V 2 /R 3 /Length 0 /O (o) /U (u) /P -4 >>",
    }.items():
        pdf = RawPdf().one_page(says(f"Locked {name}"))
        pdf.add(lock)
        trailer = f"/Root 1 0 R /ID [(a) (b)] /Encrypt {max(pdf.objects)} 0 R"
        yield case(f"locked/{name}", pdf.with_trailer(trailer).written(), ENCRYPTED)
    for name, entry in {"null": "null", "missing": "99 0 R"}.items():
        pdf = RawPdf().one_page(says(f"A lock that is {name}"))
        trailer = f"/Root 1 0 R /Encrypt {entry}"
        yield case(f"locked/a lock that is {name}", pdf.with_trailer(trailer).written(), UNSURE)
