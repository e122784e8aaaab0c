import pytest

from shared.documents.kinds import DocumentKind
from tests.shared.documents.understanding.commerce_pages import fields_of, printed, values_of

SUMMARY = """
Harbor Community Bank                       Checking Account Statement
12 Quay Street                              Statement period: March 1, 2024 through March 31, 2024
Port Example, OH 44870                      Account number: XXXX XXXX 5431

Account summary
Opening balance                 $1,000.00
Deposits and credits              $500.00
Withdrawals and debits            $250.25
Closing balance                 $1,249.75

Date          Description               Amount     Balance
03/04/2024    Hardware store           -250.25      749.75
03/15/2024    Payroll                   500.00    1,249.75
"""

DATED_BALANCES = """
FIRST PRAIRIE CREDIT UNION
Primary Account: 000-1234-8842
March 1, 2024 - March 31, 2024
Beginning balance on March 1, 2024       $1,000.00
Deposits and additions                      500.00
Withdrawals and subtractions               -250.25
Ending balance on March 31, 2024         $1,249.75
"""

HEADINGS = """
Lakeside Savings Bank

Account Number        Period Start      Period End
0042-77-5431          03/01/2024        03/31/2024

Previous Balance      Deposits          Withdrawals       New Balance
1,000.00              500.00            250.25            1,249.75
"""

BRITISH = """
Fenland Bank plc                        Sort code 12-34-56
Account number 12345431
Statement from 1 March 2024 to 31 March 2024
Date       Details                 Paid out     Paid in     Balance
01 Mar     Balance brought forward                          £1,000.00
04 Mar     Hardware                250.25                     £749.75
15 Mar     Salary                               500.00      £1,249.75
31 Mar     Balance carried forward                          £1,249.75
"""

YEAR_ONCE = """
Orchard National Bank
Statement Period Mar. 1 - Mar. 31, 2024
Account ending in 5431
Starting Balance    $1,000.00
Ending Balance      $1,249.75
"""

LAYOUTS = {
    "summary": (SUMMARY, "Harbor Community Bank", "5431"),
    "dated balances": (DATED_BALANCES, "FIRST PRAIRIE CREDIT UNION", "8842"),
    "headings": (HEADINGS, "Lakeside Savings Bank", "5431"),
    "british": (BRITISH, "Fenland Bank plc", "5431"),
    "year printed once": (YEAR_ONCE, "Orchard National Bank", "5431"),
}


class TestStatement:
    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_each_layout_says_the_same(self, layout: str) -> None:
        text, institution, account = LAYOUTS[layout]

        assert values_of(DocumentKind.BANK_STATEMENT, printed(text)) == {
            "institution": institution,
            "account_last4": account,
            "period_start": "2024-03-01",
            "period_end": "2024-03-31",
            "opening_balance": "1000.00",
            "closing_balance": "1249.75",
        }

    def test_balances_that_lead_to_one_another_are_surer(self) -> None:
        agreeing = fields_of(DocumentKind.BANK_STATEMENT, printed(SUMMARY))
        broken = SUMMARY.replace("$500.00", "$999.00")
        failing = fields_of(DocumentKind.BANK_STATEMENT, printed(broken))

        assert agreeing["closing_balance"].confidence > failing["closing_balance"].confidence

    def test_an_overdrawn_account_has_a_negative_balance(self) -> None:
        text = YEAR_ONCE.replace("$1,249.75", "-$49.75")

        assert values_of(DocumentKind.BANK_STATEMENT, printed(text))["closing_balance"] == "-49.75"

    def test_a_year_that_turns_within_the_period(self) -> None:
        text = YEAR_ONCE.replace("Mar. 1 - Mar. 31, 2024", "Dec. 15 - Jan. 14, 2024")
        values = values_of(DocumentKind.BANK_STATEMENT, printed(text))

        assert (values["period_start"], values["period_end"]) == ("2023-12-15", "2024-01-14")

    def test_an_unreadable_balance_is_null_and_never_zero(self) -> None:
        text = YEAR_ONCE.replace("$1,249.75", "$#,~~~.~~")
        closing = fields_of(DocumentKind.BANK_STATEMENT, printed(text))["closing_balance"]

        assert (closing.value, closing.confidence) == (None, 0.0)

    def test_the_balances_may_stand_on_two_pages(self) -> None:
        first = printed("Orchard National Bank\nOpening balance   1,000.00")
        last = printed("Closing balance   1,249.75", number=2)

        fields = fields_of(DocumentKind.BANK_STATEMENT, first, last)

        assert (fields["opening_balance"].page, fields["closing_balance"].page) == (1, 2)
