import json
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
from PIL import Image

from local.samples import ExpectedState, Sample, make_many, make_samples, make_scanned
from local.samples.__main__ import main
from local.samples.printing import print_date, print_long_date
from shared.documents.kinds import DocumentKind

_WAGE_BASES = {2021: 142_800, 2022: 147_000, 2023: 160_200, 2024: 168_600, 2025: 176_100}
_WITHOUT_TEXT = {
    "03-w2-fillable.pdf",
    "04-w2-scanned.pdf",
    "11-1099-int-scanned.pdf",
    "14-receipt-groceries.jpg",
    "15-receipt-stationery.jpg",
}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    folder = tmp_path_factory.mktemp("samples")
    return {sample.path.name: sample for sample in make_samples(folder)}


@pytest.fixture(scope="module")
def truth(samples: dict[str, Sample]) -> dict[str, Any]:
    folder = next(iter(samples.values())).path.parent
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


@contextmanager
def opened(path: Path) -> Generator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(path)
    try:
        yield document
    finally:
        document.close()


def page_texts(path: Path) -> list[str]:
    with opened(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def words_missing(fields: Mapping[str, str], text: str) -> list[str]:
    """Words of the truth that are not on the paper; check boxes have no words."""
    text = text.replace(",", "")
    printed = [value for value in fields.values() if value != "yes"]
    return [
        value
        for value in printed
        if not any(all(word in text for word in shown.split()) for shown in _ways_to_print(value))
    ]


def _ways_to_print(value: str) -> list[str]:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return [print_date(value), print_long_date(value).replace(",", "")]
    return [value.replace(",", "")]


def broken_rules(fields: Mapping[str, str], year: int) -> list[str]:
    """The rules of the Social Security Administration, written again from their text."""
    three, four, five, six, seven = (
        Decimal(fields.get(f"box_{number}", "0")) for number in (3, 4, 5, 6, 7)
    )
    rules = {
        "W2-01": five >= three + seven,
        "W2-02": three + seven <= _WAGE_BASES[year],
        "W2-03": abs(four - (three + seven) * Decimal("0.062")) <= 1,
        "W2-04": four == 0 or three + seven > 0,
        "W2-05": six == 0 or five > 0,
        "W2-06": abs(six - five * Decimal("0.0145")) <= 1,
    }
    return [rule for rule, holds in rules.items() if not holds]


def test_the_command_draws_the_same_bytes_again(
    samples: dict[str, Sample],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "new"
    monkeypatch.setattr("sys.argv", ["samples", str(folder)])

    main()

    assert len(list(folder.iterdir())) == len(samples) + 1
    printed = capsys.readouterr().out
    for name, sample in samples.items():
        assert name in printed
        assert (folder / name).read_bytes() == sample.path.read_bytes(), name


def test_another_seed_draws_other_documents(samples: dict[str, Sample], tmp_path: Path) -> None:
    others = make_samples(tmp_path, seed=2)

    alike = [
        other.path.name
        for other in others
        if other.path.read_bytes() == samples[other.path.name].path.read_bytes()
    ]
    assert alike == ["22-empty.pdf"]


def test_the_truth_tells_of_every_file(samples: dict[str, Sample], truth: dict[str, Any]) -> None:
    folder = next(iter(samples.values())).path.parent
    assert set(truth) == {path.name for path in folder.iterdir()} - {"truth.json"}
    for name, facts in truth.items():
        assert facts["state"] == samples[name].expected_state
        assert facts["kind"] == samples[name].kind
        assert facts["tax_year"] == samples[name].tax_year
        assert facts["fields"] == samples[name].fields
        assert len(facts["parts"]) == len(samples[name].parts)


def test_every_read_kind_and_every_outcome_is_there(samples: dict[str, Sample]) -> None:
    kinds = {sample.kind for sample in samples.values()} - {None}

    assert {sample.expected_state for sample in samples.values()} == set(ExpectedState)
    assert kinds == {
        DocumentKind.W2,
        DocumentKind.F1099NEC,
        DocumentKind.F1099MISC,
        DocumentKind.F1099INT,
        DocumentKind.F1099DIV,
        DocumentKind.F1098,
        DocumentKind.INVOICE,
        DocumentKind.RECEIPT,
        DocumentKind.BANK_STATEMENT,
        DocumentKind.OTHER,
    }


def test_a_rejected_file_has_a_code_and_nothing_else(samples: dict[str, Sample]) -> None:
    codes = {
        name: sample.code
        for name, sample in samples.items()
        if sample.expected_state is ExpectedState.REJECTED
    }

    assert codes == {
        "20-locked.pdf": "document_encrypted",
        "21-cut-off.pdf": "document_damaged",
        "22-empty.pdf": "document_empty",
        "23-program.pdf": "not_a_document",
    }
    for name in codes:
        assert not samples[name].fields
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(samples[name].path)


def test_a_document_opens_with_the_pages_it_says(samples: dict[str, Sample]) -> None:
    for sample in samples.values():
        if sample.pages is None or sample.path.suffix == ".jpg":
            continue
        with opened(sample.path) as document:
            assert len(document) == sample.pages, sample.path.name


def test_amounts_are_plain_decimals(samples: dict[str, Sample]) -> None:
    names = re.compile(r"box_(1|2|3|4|5|6|7|16|17)(_2)?|subtotal|tax|total|\w+_balance")
    forms = {DocumentKind.W2, DocumentKind.INVOICE, DocumentKind.RECEIPT}
    for sample in samples.values():
        if sample.kind not in forms | {DocumentKind.BANK_STATEMENT}:
            continue
        for name, value in sample.fields.items():
            assert not names.fullmatch(name) or re.fullmatch(r"\d+\.\d\d", value), name


def test_what_the_truth_says_stands_on_the_paper(samples: dict[str, Sample]) -> None:
    for name, sample in samples.items():
        if sample.pages is not None and not sample.parts and name not in _WITHOUT_TEXT:
            assert words_missing(sample.fields, "\n".join(page_texts(sample.path))) == [], name


def test_each_part_of_a_packet_stands_on_its_own_page(samples: dict[str, Sample]) -> None:
    packet = samples["18-packet.pdf"]
    texts = page_texts(packet.path)

    kinds = [part.kind for part in packet.parts]
    assert kinds == [DocumentKind.W2, DocumentKind.F1099INT, DocumentKind.F1098]
    for part in packet.parts:
        (page,) = part.pages
        assert words_missing(part.fields, texts[page - 1]) == []
        assert words_missing(part.fields, texts[page % len(texts)]) != []


def test_four_copies_say_the_same_four_times(samples: dict[str, Sample]) -> None:
    sample = samples["02-w2-four-copies.pdf"]
    (text,) = page_texts(sample.path)

    assert text.count(sample.fields["employee_ssn"]) == 4
    assert [text.count(f"Copy {copy}") for copy in ("B", "C", "2")] == [1, 1, 2]


def test_a_filled_form_holds_its_values_in_widgets_alone(samples: dict[str, Sample]) -> None:
    sample = samples["03-w2-fillable.pdf"]
    reader = pypdf.PdfReader(sample.path)
    values = [str(field.get("/V", "")) for field in (reader.get_fields() or {}).values()]
    (text,) = page_texts(sample.path)

    assert words_missing(sample.fields, "\n".join(values)) == []
    assert values.count("/Yes") == 1
    assert "Wages, tips, other compensation" in text
    for name in ("employee_ssn", "employer_ein", "box_1", "box_2", "box_3", "box_4", "box_7"):
        assert sample.fields[name] in values
        assert sample.fields[name] not in text


def test_a_scan_has_no_text_layer(samples: dict[str, Sample]) -> None:
    for name in ("04-w2-scanned.pdf", "11-1099-int-scanned.pdf"):
        assert page_texts(samples[name].path) == [""]


def test_a_photo_taken_sideways_says_so(samples: dict[str, Sample]) -> None:
    with (
        Image.open(samples["14-receipt-groceries.jpg"].path) as upright,
        Image.open(samples["15-receipt-stationery.jpg"].path) as sideways,
    ):
        assert upright.height > upright.width
        assert sideways.width > sideways.height
        assert sideways.getexif()[0x0112] == 6


def test_clean_w2s_keep_every_rule(samples: dict[str, Sample]) -> None:
    for name, sample in samples.items():
        if sample.kind is DocumentKind.W2 and not sample.findings:
            assert sample.tax_year is not None
            assert broken_rules(sample.fields, sample.tax_year) == [], name


def test_the_wrong_w2_breaks_exactly_the_rule_it_names(samples: dict[str, Sample]) -> None:
    wrong = samples["05-w2-wrong-box-4.pdf"]

    assert wrong.expected_state is ExpectedState.NEEDS_REVIEW
    assert wrong.findings == ("W2-03",)
    assert broken_rules(wrong.fields, 2024) == ["W2-03"]


def test_a_duplicate_comes_after_its_original_with_the_same_bytes(
    samples: dict[str, Sample],
) -> None:
    original, again = samples["01-w2.pdf"], samples["19-w2-again.pdf"]

    assert original.path.name < again.path.name
    assert again.path.read_bytes() == original.path.read_bytes()
    assert again.fields == original.fields


def test_invoices_and_receipts_add_up(samples: dict[str, Sample]) -> None:
    for sample in samples.values():
        if sample.kind in {DocumentKind.INVOICE, DocumentKind.RECEIPT}:
            amounts = [Decimal(sample.fields[name]) for name in ("subtotal", "tax", "total")]
            assert amounts[0] + amounts[1] == amounts[2]


def test_a_statement_runs_from_its_opening_to_its_closing_balance(
    samples: dict[str, Sample],
) -> None:
    sample = samples["16-statement.pdf"]
    text = "\n".join(page_texts(sample.path)).replace(",", "")
    entries = re.findall(r"\d\d/\d\d/\d{4} .*? (-?\d+\.\d\d) (\d+\.\d\d)", text)

    balance = Decimal(sample.fields["opening_balance"])
    for amount, shown in entries:
        balance += Decimal(amount)
        assert balance == Decimal(shown)
    assert balance == Decimal(sample.fields["closing_balance"])
    assert len(entries) == 40


def test_social_security_numbers_have_a_valid_shape_no_adult_was_given(
    samples: dict[str, Sample],
) -> None:
    numbers = [
        value
        for sample in samples.values()
        for fields in (sample.fields, *(part.fields for part in sample.parts))
        for value in fields.values()
        if re.fullmatch(r"\d{3}-\d\d-\d{4}", value)
    ]

    assert len(numbers) >= 13
    for number in numbers:
        area, group, serial = number.split("-")
        assert 800 <= int(area) <= 899
        assert "00" not in group
        assert serial != "0000"


def test_a_stack_is_of_distinct_documents_that_keep_the_rules(tmp_path: Path) -> None:
    stack = make_many(tmp_path, 60)

    assert len({sample.path.read_bytes() for sample in stack}) == 60
    assert len({sample.fields["employee_ssn"] for sample in stack}) > 55
    for sample in stack:
        assert sample.tax_year is not None
        assert broken_rules(sample.fields, sample.tax_year) == []
        assert words_missing(sample.fields, page_texts(sample.path)[0]) == []


def test_a_scanned_stack_has_no_text_layer(tmp_path: Path) -> None:
    stack = make_scanned(tmp_path, 2)

    assert [page_texts(sample.path) for sample in stack] == [[""], [""]]
    assert stack[0].path.read_bytes() != stack[1].path.read_bytes()
