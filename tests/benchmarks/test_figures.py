import pytest

from benchmarks import cold_start, growth
from benchmarks.__main__ import main
from benchmarks.figures import Figure, table, tell
from benchmarks.pipeline import added_milliseconds, added_share


class TestAFigure:
    def test_is_met_at_its_aim(self) -> None:
        assert Figure.at_most("a", 2.0, 2.0, "{:.1f}").is_met is True
        assert Figure.at_least("a", 0.5, 0.5, "{:.1f}").is_met is True

    def test_is_missed_beyond_it(self) -> None:
        assert Figure.at_most("a", 2.1, 2.0, "{:.1f}").is_met is False
        assert Figure.at_least("a", 0.4, 0.5, "{:.1f}").is_met is False

    def test_is_judged_as_measured_and_not_as_written(self) -> None:
        assert Figure.at_most("a", 2.01, 2.0, "{:.1f}").is_met is False


class TestATable:
    def test_says_of_each_figure_what_its_aim_was(self) -> None:
        figures = [
            Figure.at_most("cold import", 1.85, 2.0, "{:.2f}", "529 ms : 292 ms"),
            Figure.at_least("requests", 0.4, 0.5, "{:.1f}"),
            Figure("ready", "3.4 s"),
        ]

        assert table(figures).splitlines()[2:] == [
            "| cold import | 1.85 (529 ms : 292 ms) | ≤ 2.00 | yes |",
            "| requests | 0.4 | ≥ 0.5 | **no** |",
            "| ready | 3.4 s |  |  |",
        ]

    @pytest.mark.parametrize(("measured", "status"), [(2.0, 0), (2.5, 1)])
    def test_a_missed_aim_is_an_exit_status(self, measured: float, status: int) -> None:
        assert (
            tell([Figure("ready", "3 s"), Figure.at_most("a", measured, 2.0, "{:.1f}")]) == status
        )


class TestRatios:
    def test_the_interpreters_own_start_is_in_neither_import(self) -> None:
        assert cold_start.ratio({"nothing": 0.1, "SDKs": 0.3, "app": 0.5}) == pytest.approx(2.0)

    def test_a_pipeline_is_held_against_all_the_readers_time(self) -> None:
        assert added_share([(10.0, 11.0), (30.0, 33.0)]) == pytest.approx(0.1)

    def test_a_quick_document_is_held_against_its_own_reading(self) -> None:
        assert added_milliseconds([(0.1, 0.4), (0.2, 0.3)]) == pytest.approx([100, 300])

    def test_a_list_is_told_by_the_worst_of_its_filters(self) -> None:
        medians = {"documents: none": (1.0, 1.1), "documents: state": (0.5, 1.0)}

        (figure,) = growth.figures_of(medians)

        assert figure.measured == "2.00 (state: 1.00 ms : 0.50 ms)"
        assert figure.is_met is False


def test_an_unknown_benchmark_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed"]) == 2
    assert "There are: pipeline, cold_start" in capsys.readouterr().err
