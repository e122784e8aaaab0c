import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.documents.understanding import amounts


def _read(text: str) -> str | None:
    amount = amounts.read_amount(text)
    return amount.value if amount else None


class TestReadAmount:
    @pytest.mark.parametrize(
        ("printed", "value"),
        [
            ("1,234.56", "1234.56"),
            ("1.234,56", "1234.56"),
            ("1 234,56", "1234.56"),
            ("1'234.56", "1234.56"),
            ("1,00,000.00", "100000.00"),
            ("1,234,567", "1234567.00"),
            ("1,234", "1234.00"),
            ("12,5", "12.50"),
            (".50", "0.50"),
        ],
    )
    def test_separators_of_any_country(self, printed: str, value: str) -> None:
        assert _read(printed) == value

    @pytest.mark.parametrize(
        ("printed", "value"),
        [
            ("$ 12.00", "12.00"),
            ("RM 5.30", "5.30"),
            ("RM:5.30", "5.30"),
            ("USD 10", "10.00"),
            ("5,00 €", "5.00"),
            ("S$12.00", "12.00"),
            ("Rs. 319.0", "319.00"),
            ("$.50", "0.50"),
        ],
    )
    def test_a_currency_may_stand_on_either_side(self, printed: str, value: str) -> None:
        assert _read(printed) == value

    @pytest.mark.parametrize(
        "printed", ["(12.00)", "12.00-", "-12.00", "$-12.00", "-$12.00", "12.00 DR"]
    )
    def test_every_way_to_print_a_negative(self, printed: str) -> None:
        assert _read(printed) == "-12.00"

    @pytest.mark.parametrize(
        ("printed", "value"),
        [("1O.50", "10.50"), ("l2.00", "12.00"), ("1S.00", "15.00"), ("S5.00", "5.00")],
    )
    def test_letters_among_digits_are_repaired_and_it_says_so(
        self, printed: str, value: str
    ) -> None:
        amount = amounts.read_amount(printed)

        assert amount is not None
        assert (amount.value, amount.repaired) == (value, True)

    @pytest.mark.parametrize(
        "printed",
        [
            "",
            "SO.OO",
            "SOLD",
            "12/03/2018",
            "07-5547360",
            "6%",
            "12:45",
            "1.8700",
            "0.123",
            "27,00.00",
        ],
    )
    def test_what_is_no_amount_is_not_read_as_one(self, printed: str) -> None:
        assert _read(printed) is None

    @settings(deadline=None)
    @given(st.integers(min_value=-(10**11), max_value=10**11))
    def test_what_is_printed_with_thousands_comes_back(self, cents: int) -> None:
        printed = f"{abs(cents) // 100:,}.{abs(cents) % 100:02d}"
        printed = f"({printed})" if cents < 0 else printed

        amount = amounts.read_amount(printed)

        assert amount is not None
        assert amount.cents == cents
        assert amounts.cents(amount.value) == cents


class TestFindAmounts:
    def test_every_amount_of_a_line_with_its_place(self) -> None:
        text = "Tax 6% 1.20 RM21.20"

        found = list(amounts.find_amounts(text))

        assert [(one.amount.value, text[one.start : one.end]) for one in found] == [
            ("1.20", "1.20"),
            ("21.20", "RM21.20"),
        ]

    def test_a_tax_code_glued_to_the_amount_is_not_part_of_it(self) -> None:
        assert [one.amount.value for one in amounts.find_amounts("TOTAL RM12.00S")] == ["12.00"]

    def test_a_quantity_is_not_taken_for_thousands(self) -> None:
        assert [one.amount.value for one in amounts.find_amounts("1 80.00 80.00")] == [
            "1.00",
            "80.00",
            "80.00",
        ]

    def test_only_cents_or_a_currency_look_like_money(self) -> None:
        found = amounts.find_amounts("2 widgets 9.98 and $5")

        assert [one.is_money for one in found] == [False, True, True]
