import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import answers, truth
from benchmarks.answers import Answer, Given
from benchmarks.comparison import is_right
from benchmarks.scores import Scores


def _write(path: Path, told: Any = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told) if told is not None else "", "utf-8")
    return path


class TestTruth:
    def test_of_azures_form_labelling(self, tmp_path: Path) -> None:
        _write(tmp_path / "forms/a.pdf")
        labels = [
            {"label": "Receipt No", "value": [{"text": "35"}, {"text": "79"}]},
            {"label": "Sold To", "value": [{"text": "Bellows"}]},
        ]
        _write(tmp_path / "forms/a.pdf.labels.json", {"labels": labels})

        (one,) = truth.in_folder(tmp_path / "forms")

        assert one.fields == {"invoice_number": ("35 79",)}

    def test_of_scanned_receipts_with_keys(self, tmp_path: Path) -> None:
        _write(tmp_path / "receipts/img/006.jpg")
        _write(tmp_path / "receipts/key/006.json", {"company": "A", "total": "5.00", "date": ""})

        (one,) = truth.in_folder(tmp_path / "receipts")

        assert one.kinds == {1: "receipt"}
        assert one.fields == {"vendor_name": ("A",), "total": ("5.00",)}

    def test_of_invoice_templates_where_a_party_has_two_names(self, tmp_path: Path) -> None:
        _write(tmp_path / "bills/a.pdf")
        _write(tmp_path / "bills/a.json", [{"issuer": "A", "partner_name": "A Ltd", "amount": 5.0}])

        (one,) = truth.in_folder(tmp_path / "bills")

        assert one.fields == {"vendor_name": ("A", "A Ltd"), "total": ("5.0",)}

    def test_of_page_labels_in_the_parent_folder(self, tmp_path: Path) -> None:
        _write(tmp_path / "packets/a.pdf")
        told = [{"file": "packets/a.pdf", "page": page, "label": "W-2"} for page in (0, 1)]
        _write(tmp_path / "page_labels.json", told)

        (one,) = truth.in_folder(tmp_path / "packets")

        assert one.kinds == {1: "w2", 2: "w2"}

    def test_of_our_own_samples(self, tmp_path: Path) -> None:
        _write(tmp_path / "own/a.pdf")
        told = {"a.pdf": {"kind": "w2", "fields": {"box_1": "5.00"}}}
        _write(tmp_path / "own/truth.json", told)

        (one,) = truth.in_folder(tmp_path / "own")

        assert (one.kinds, one.fields) == ({1: "w2"}, {"box_1": ("5.00",)})

    def test_a_file_nobody_knows_is_left_out(self, tmp_path: Path) -> None:
        _write(tmp_path / "a.pdf")

        assert list(truth.in_folder(tmp_path)) == []


class TestComparison:
    @pytest.mark.parametrize(
        ("name", "answer", "expected"),
        [
            ("total", "7.60", "$7.60"),
            ("box_1", "48000.00", "$ 48,000"),
            ("date", "2018-02-12", "12/02/2018"),
            ("employee_ssn", "***-**-6789", "123-45-6789"),
            ("vendor_name", "Harbor Cafe Sdn. Bhd.", "HARBOUR CAFE SDN BHD"),
            ("invoice_number", "CS-20322", "#cs 20322"),
        ],
    )
    def test_the_same_written_differently(self, name: str, answer: str, expected: str) -> None:
        assert is_right(name, answer, (expected,), is_day_first=True)

    @pytest.mark.parametrize(
        ("name", "answer", "expected"),
        [
            ("total", "7.60", "7.66"),
            ("date", "2018-12-02", "12/02/2018"),
            ("employee_ssn", "***-**-6788", "123-45-6789"),
            ("employee_ssn", "123-45-6788", "123-45-6789"),
            ("vendor_name", "Harbor Cafe", "Hillside Bakery"),
            ("invoice_number", "20322", "20323"),
        ],
    )
    def test_another_value(self, name: str, answer: str, expected: str) -> None:
        assert not is_right(name, answer, (expected,), is_day_first=True)


class TestScores:
    def test_what_is_missing_is_wrong_and_what_is_sure_is_counted_apart(self) -> None:
        known = truth.Truth(
            Path("a.pdf"), "bills", {1: "invoice"}, {"total": ("5.00",), "date": ("2020-01-02",)}
        )
        scores = Scores()

        scores.add(known, Answer({1: "invoice"}, {"total": Given("5.00", 0.95)}, 1.5))

        told = scores.as_json()
        assert told["kinds"] == {"right": 1, "of": 1}
        assert told["fields"] == {"right": 1, "of": 2}
        assert told["sure"] == {"right": 1, "of": 1}
        assert told["seconds_per_page"] == 1.5
        assert [miss.name for miss in scores.misses] == ["date"]


def test_a_line_of_the_command_becomes_an_answer() -> None:
    line = {
        "file": "a.pdf",
        "state": "needs_review",
        "pages": [{"page": 1, "kind": "w2", "confidence": 0.9}],
        "fields": {},
        "children": [
            {"fields": {"box_1": {"value": "5.00", "confidence": 0.8, "page": 1}}},
            {"fields": {"box_1": {"value": "6.00", "confidence": 0.8, "page": 2}}},
        ],
        "code": "unsure_of_values",
        "seconds": 2.0,
    }

    answer = answers.of_line(line)

    assert answer == Answer({1: "w2"}, {"box_1": Given("5.00", 0.8)}, 2.0)
