"""Two readings of one document, and which value comes of them."""

import pytest

from shared.documents.kinds import DocumentKind
from shared.documents.thresholds import SURE_OF_ANY_VALUE, SURE_OF_REQUIRED_VALUE
from shared.documents.understanding.agreement import agree
from shared.documents.understanding.models import Extraction, FieldSource, FieldValue, Severity
from shared.vendors.reading import ModelField, ModelFields

BOX = (0.1, 0.1, 0.2, 0.12)
THEIRS = (0.5, 0.5, 0.6, 0.52)


def own(
    name: str, value: str | None, confidence: float, source: FieldSource = FieldSource.OCR
) -> FieldValue:
    return FieldValue(
        name=name, value=value, raw=value, confidence=confidence, page=1, box=BOX, source=source
    )


def model(name: str, value: str, confidence: float, raw: str | None = None) -> ModelField:
    return ModelField(
        name=name, value=value, raw=raw or value, confidence=confidence, page=1, box=THEIRS
    )


def agreed(
    mine: list[FieldValue],
    theirs: list[ModelField],
    kind: DocumentKind = DocumentKind.W2,
    year: int | None = 2024,
) -> dict[str, FieldValue]:
    found = agree(
        kind,
        Extraction(tax_year=year, fields=tuple(mine)),
        ModelFields(model="m", fields=tuple(theirs)),
    )
    return {field.name: field for field in found.fields}


class TestWhereBothSayTheSame:
    def test_two_pairs_of_eyes_are_surer_than_one(self) -> None:
        """A text layer and a model that has looked at the page are independent."""
        mine = own("box_2", "100.00", 0.8, FieldSource.TEXT_LAYER)

        (field,) = agreed([mine], [model("box_2", "100.00", 0.9)]).values()

        assert field.confidence == pytest.approx(0.98)

    def test_the_same_eyes_are_as_sure_as_the_surer(self) -> None:
        """What the vendor's OCR has misread, its model has misread as well."""
        (field,) = agreed([own("box_2", "100.00", 0.8)], [model("box_2", "100.00", 0.9)]).values()

        assert field.confidence == 0.9

    @pytest.mark.parametrize(
        ("confidence", "source", "box"),
        [(0.99, FieldSource.MODEL, THEIRS), (0.7, FieldSource.OCR, BOX)],
    )
    def test_the_surer_one_says_where_it_stands(
        self, confidence: float, source: FieldSource, box: tuple[float, ...]
    ) -> None:
        theirs = model("box_2", "100.00", confidence)

        (field,) = agreed([own("box_2", "100.00", 0.9)], [theirs]).values()

        assert (field.source, field.box) == (source, box)

    @pytest.mark.parametrize(
        ("name", "mine", "theirs"),
        [
            ("employee_ssn", "412-55-7834", "412557834"),
            ("employer_ein", "36-7654321", "36 7654321"),
            ("box_15", "OH", "oh"),
            ("box_13_retirement", "yes", "true"),
            ("box_13_statutory", "no", ":unselected:"),
            (
                "employer_address",
                "12 Kiln Avenue, Maple Hollow OH 44651",
                "12 Kiln Avenue\nMaple Hollow, OH",
            ),
            ("control_number", "A 1002-3871", "a10023871"),
            ("employer_name", "Maple Hollow Kilns, Inc.", "Maple Hollow Kilns Incorp"),
        ],
    )
    def test_the_shape_of_the_field_tells_what_the_same_is(
        self, name: str, mine: str, theirs: str
    ) -> None:
        (field,) = agreed([own(name, mine, 0.95)], [model(name, theirs, 0.9)]).values()

        assert (field.value, field.confidence) == (mine, 0.95)


class TestWhereTheyDiffer:
    @pytest.mark.parametrize(("confidence", "value"), [(0.99, "700.00"), (0.9, "100.00")])
    def test_the_surer_stands_and_a_person_looks(self, confidence: float, value: str) -> None:
        mine, theirs = own("box_2", "100.00", 0.95), model("box_2", "700.00", confidence)

        (field,) = agreed([mine], [theirs]).values()

        assert field.value == value
        assert field.confidence < SURE_OF_ANY_VALUE

    def test_one_digit_of_a_tin_is_a_difference(self) -> None:
        mine = own("employee_ssn", "412-55-7834", 0.97)

        (field,) = agreed([mine], [model("employee_ssn", "412-55-7834"[:-1] + "5", 0.97)]).values()

        assert field.confidence < SURE_OF_ANY_VALUE

    @pytest.mark.parametrize(
        ("kind", "name", "mine", "theirs"),
        [
            (DocumentKind.INVOICE, "invoice_number", "INV-2024-00117", "INV-2024-00171"),
            (DocumentKind.F1098, "account_number", "LN-00448291", "LN-00448297"),
            (DocumentKind.W2, "box_15_id", "CA 123-4567-8", "CA 123-4567-3"),
            (DocumentKind.W2, "control_number", "A10023871Z", "A10023871S"),
            (DocumentKind.W2, "employer_address", "12 Kiln Avenue, Elm", "72 Kiln Avenue, Elm"),
            (
                DocumentKind.W2,
                "employer_address",
                "Kiln Avenue, Elm OH 44651",
                "Kiln Avenue, Elm OH 44657",
            ),
            (DocumentKind.F1098, "box_8", "1200 Kiln Avenue, Elm", "1210 Kiln Avenue, Elm"),
            (DocumentKind.W2, "employer_name", "Maple Holdings 2 LLC", "Maple Holdings 3 LLC"),
        ],
    )
    def test_a_number_is_never_nearly_the_same(
        self, kind: DocumentKind, name: str, mine: str, theirs: str
    ) -> None:
        """However long the words around it: another invoice, loan, account or house."""
        read = own(name, mine, 0.97, FieldSource.TEXT_LAYER)

        (field,) = agreed([read], [model(name, theirs, 0.97)], kind).values()

        assert field.confidence < SURE_OF_ANY_VALUE

    def test_an_amount_and_its_negative_differ(self) -> None:
        mine = own("box_1", "100.00", 0.97, FieldSource.TEXT_LAYER)

        (field,) = agreed([mine], [model("box_1", "-100.00", 0.97)]).values()

        assert field.confidence < SURE_OF_ANY_VALUE

    def test_the_tax_rate_tells_which_amount_it_is(self) -> None:
        """6.2 % of 50,000.00 is 3,100.00, whoever read that."""
        mine = [own("box_3", "50000.00", 0.97), own("box_4", "3700.00", 0.97)]
        theirs = [model("box_3", "50000.00", 0.98), model("box_4", "3100.00", 0.95)]

        fields = agreed(mine, theirs)

        assert fields["box_4"].value == "3100.00"
        assert fields["box_4"].confidence >= SURE_OF_REQUIRED_VALUE
        assert fields["box_4"].source is FieldSource.DERIVED

    def test_the_tax_rate_confirms_the_one_that_stands(self) -> None:
        mine = [own("box_5", "50000.00", 0.97), own("box_6", "725.00", 0.97)]
        theirs = [model("box_6", "125.00", 0.6)]

        assert agreed(mine, theirs)["box_6"].value == "725.00"
        assert agreed(mine, theirs)["box_6"].confidence >= SURE_OF_REQUIRED_VALUE

    @pytest.mark.parametrize(
        ("wages", "tax", "mine", "theirs"),
        [
            ("box_5", "box_6", ("50000.00", "725.00"), ("50060.00", "725.00")),
            ("box_3", "box_4", ("50006.00", "3100.40"), ("50008.00", "3100.40")),
            ("box_5", "box_6", ("50000.00", "725.00"), ("50000.00", "725.40")),
            ("box_5", "box_6", ("50000.00", "725.00"), ("60000.00", "870.00")),
        ],
        ids=["wages", "social security wages", "tax", "both"],
    )
    @pytest.mark.parametrize("source", [FieldSource.OCR, FieldSource.TEXT_LAYER])
    def test_the_tax_rate_tells_nothing_when_both_readings_fit(
        self,
        wages: str,
        tax: str,
        mine: tuple[str, str],
        theirs: tuple[str, str],
        source: FieldSource,
    ) -> None:
        """A tax rounded to the dollar fits some sixty dollars of wages more or less."""
        fields = agreed(
            [
                own(name, value, 0.97, source)
                for name, value in zip((wages, tax), mine, strict=True)
            ],
            [model(name, value, 0.99) for name, value in zip((wages, tax), theirs, strict=True)],
        )

        disputed = [name for name, a, b in zip((wages, tax), mine, theirs, strict=True) if a != b]
        assert all(fields[name].confidence < SURE_OF_ANY_VALUE for name in disputed)

    def test_an_amount_we_have_derived_is_a_reading_too(self) -> None:
        derived = own("box_6", "725.00", 0.9, FieldSource.DERIVED)
        mine = [
            own("box_5", "50000.00", 0.97),
            derived.model_copy(update={"page": None, "box": None}),
        ]

        fields = agreed(mine, [model("box_5", "50000.00", 0.99), model("box_6", "725.40", 0.99)])

        assert fields["box_6"].confidence < SURE_OF_ANY_VALUE


class TestWhatOnlyOneHas:
    def test_our_own_stands_as_it_is(self) -> None:
        mine = own("box_2", "100.00", 0.93)

        assert agreed([mine], []) == {"box_2": mine}

    def test_the_model_s_alone_is_never_sure_enough_for_a_required_field(self) -> None:
        (field,) = agreed([], [model("box_1", "100.00", 1.0)]).values()

        assert field.source is FieldSource.MODEL
        assert SURE_OF_ANY_VALUE < field.confidence < SURE_OF_REQUIRED_VALUE

    def test_the_model_fills_what_we_could_not_read(self) -> None:
        unread = own("total", None, 0.0)

        (field,) = agreed([unread], [model("total", "8.75", 0.9)], DocumentKind.RECEIPT).values()

        assert (field.value, field.source) == ("8.75", FieldSource.MODEL)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("box_1", "see below"),
            ("employee_ssn", "applied for"),
            ("box_12a_code", "1"),
            ("box_13_retirement", "maybe"),
            ("box_99", "1.00"),
            ("box_14", " "),
        ],
    )
    def test_a_value_without_the_shape_of_its_field_is_none(self, name: str, value: str) -> None:
        assert agreed([], [model(name, value, 0.9)]) == {}

    def test_a_number_that_is_a_text_is_as_it_is_printed(self) -> None:
        (field,) = agreed([], [model("box_9", "2.00", 0.9, raw="2")], DocumentKind.F1098).values()

        assert field.value == "2"

    def test_copies_that_differ_make_the_model_less_sure(self) -> None:
        copies = [
            model("box_2", "1.00", 0.9),
            model("box_2", "1.00", 0.9),
            model("box_2", "7.00", 0.9),
        ]

        (field,) = agreed([], copies).values()

        assert field.value == "1.00"
        assert field.confidence < 0.7


class TestTheTaxYear:
    def found(self, ours: int | None, *theirs: tuple[str, float]) -> Extraction:
        said = [model("tax_year", f"{year}.00", sure, raw=year) for year, sure in theirs]
        own_one = Extraction(tax_year=ours, fields=())
        return agree(DocumentKind.W2, own_one, ModelFields(model="m", fields=tuple(said)))

    @pytest.mark.parametrize(("ours", "theirs"), [(2024, "2024"), (None, "2024"), (None, "20 24")])
    def test_is_the_one_that_nobody_denies(self, ours: int | None, theirs: str) -> None:
        assert self.found(ours, (theirs, 0.9)) == Extraction(tax_year=2024, fields=())

    def test_that_we_have_read_stands_against_the_model_s_but_a_person_looks(self) -> None:
        found = self.found(2023, ("2024", 0.9))

        assert found.tax_year == 2023
        assert [(each.rule, each.severity) for each in found.findings] == [
            ("tax_year_differs", Severity.WARN)
        ]

    @pytest.mark.parametrize(
        "theirs", [[("2024", 0.5)], [("2024", 0.9), ("2023", 0.8)]], ids=["unsure", "copies differ"]
    )
    def test_that_only_an_unsure_model_has_needs_a_person(
        self, theirs: list[tuple[str, float]]
    ) -> None:
        found = self.found(None, *theirs)

        assert found.tax_year == 2024
        assert [(each.rule, each.severity) for each in found.findings] == [
            ("tax_year_unsure", Severity.WARN)
        ]

    def test_is_none_where_the_model_has_read_no_year(self) -> None:
        assert self.found(None, ("24", 0.9)) == Extraction(tax_year=None, fields=())
