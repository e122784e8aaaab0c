import pytest

from shared.documents.understanding import dates
from shared.documents.understanding.dates import DateOrder


class TestReadDate:
    @pytest.mark.parametrize(
        ("printed", "iso"),
        [
            ("2019-01-11", "2019-01-11"),
            ("2018/02/22 10:15", "2018-02-22"),
            ("20180304", "2018-03-04"),
            ("11.01.2019", "2019-01-11"),
            ("Jan 5, 2020", "2020-01-05"),
            ("July 4th, 2021", "2021-07-04"),
            ("24-MAR-2018", "2018-03-24"),
            ("24 MAR 18 19:03", "2018-03-24"),
            ("18 april 2014", "2014-04-18"),
            ("3. März 2014", "2014-03-03"),
            ("1er août 2014", "2014-08-01"),
            ("12/28/2017", "2017-12-28"),
            ("28/12/17", "2017-12-28"),
            ("2/22/97", "1997-02-22"),
            ("28/12/201712:45", "2017-12-28"),
            ("Date:28/12/2017TIME", "2017-12-28"),
        ],
    )
    def test_a_date_that_reads_one_way_only_is_sure(self, printed: str, iso: str) -> None:
        found = dates.read_date(printed)

        assert found is not None
        assert (found.iso, found.certainty) == (iso, dates.SURE)

    def test_without_evidence_the_month_comes_first_and_it_is_a_guess(self) -> None:
        found = dates.read_date("01/02/2018")

        assert found is not None
        assert (found.iso, found.certainty) == ("2018-01-02", dates.GUESSED)

    def test_evidence_settles_the_order(self) -> None:
        found = dates.read_date("01/02/2018", DateOrder.DAY_FIRST)

        assert found is not None
        assert (found.iso, found.certainty) == ("2018-02-01", dates.SETTLED)

    def test_a_number_over_twelve_wins_over_evidence(self) -> None:
        found = dates.read_date("12/28/2017", DateOrder.DAY_FIRST)

        assert found is not None
        assert found.iso == "2017-12-28"

    def test_a_letter_taken_for_a_digit_lowers_certainty(self) -> None:
        found = dates.read_date("O1/13/2018")

        assert found is not None
        assert (found.iso, found.certainty) == ("2018-01-13", dates.REPAIRED)

    @pytest.mark.parametrize(
        "printed", ["31/02/2018", "07-5547360", "10.0.0.12", "12.34.56.78", "Mar 2018", "1/2", ""]
    )
    def test_what_is_no_date_is_not_read_as_one(self, printed: str) -> None:
        assert dates.read_date(printed) is None

    def test_both_ends_of_a_range_are_found(self) -> None:
        found = dates.find_dates("05/31/2020-06/30/2020")

        assert [one.iso for one in found] == ["2020-05-31", "2020-06-30"]


class TestDateOrder:
    def test_a_day_over_twelve_elsewhere_tells(self) -> None:
        assert dates.date_order("printed 13/02/2018, due 05/03/2018") is DateOrder.DAY_FIRST

    @pytest.mark.parametrize(
        "sign", ["TOTAL RM 5.30", "Total £5.30", "ABN 51 824 753 556", "SDN BHD"]
    )
    def test_the_country_tells(self, sign: str) -> None:
        assert dates.date_order(f"05/03/2018 {sign}") is DateOrder.DAY_FIRST

    def test_an_american_address_tells(self) -> None:
        assert dates.date_order("05/03/2018 Austin, TX 78701") is DateOrder.MONTH_FIRST

    def test_nothing_tells(self) -> None:
        assert dates.date_order("05/03/2018") is None
