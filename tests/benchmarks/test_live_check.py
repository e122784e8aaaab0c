"""The check against Azure, as far as it can be checked without Azure."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import live_check
from benchmarks.live_check import Specimen, check, specimens
from local.samples.chance import chance_for
from local.samples.w2_forms import draw_w2
from local.samples.wages import invent_w2
from shared.vendors.local_reader import LocalReader
from shared.vendors.reading import ModelField, ModelFields, Page, Reading


class CloudThatSays:
    """Reads like the local reader; its model finds what it is told to find."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        self.local = LocalReader()

    async def read(self, file: Path, images: Path) -> Reading:
        try:
            return await self.local.draw(file, images)
        finally:
            await self.local.close()

    def understands(self, kind: str) -> bool:
        return kind == "w2"

    async def understand(self, file: Path, kind: str, pages: Sequence[Page]) -> ModelFields:
        del file, kind
        found = (
            ModelField(
                name=name, value=value, raw=value, confidence=0.99, page=1, box=(0.1, 0.1, 0.2, 0.2)
            )
            for name, value in self.fields.items()
        )
        return ModelFields(model="prebuilt", fields=tuple(found) if pages else ())


@pytest.fixture
def w2(tmp_path: Path) -> Specimen:
    content = invent_w2(chance_for(5, "live"), 2024)
    file = tmp_path / "w2.pdf"
    file.write_bytes(draw_w2(content))
    return Specimen("w2", file, content)


def test_without_an_endpoint_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("FORM_RECOGNIZER_ENDPOINT", raising=False)

    assert live_check.main() == 2
    assert "Set FORM_RECOGNIZER_ENDPOINT" in capsys.readouterr().err


async def test_what_agrees_with_the_truth_is_counted(w2: Specimen) -> None:
    report = await check(CloudThatSays(w2.content.fields), w2)

    assert report.kind == "w2"
    assert report.right == (report.of, report.of, report.of)
    assert report.sure_and_wrong == ()


async def test_a_wrong_value_that_nobody_would_look_at_is_named(w2: Specimen) -> None:
    truth = w2.content.fields
    lie = Specimen(w2.name, w2.file, w2.content)
    lie.content.fields["control_number"] = "Z0"

    report = await check(CloudThatSays({"box_1": truth["box_1"]}), lie)

    assert report.sure_and_wrong == ("control_number",)
    assert report.right == (report.of - 1, 1, report.of - 1)


def test_there_is_one_scan_of_each_kind_that_has_a_model(tmp_path: Path) -> None:
    made = specimens(tmp_path)

    assert [each.content.kind for each in made] == [
        "w2", "1098", "1098-e", "1098-t", "invoice", "receipt", "w2",
    ]  # fmt: skip


async def test_the_turned_page_is_shown_as_the_upright_one(tmp_path: Path) -> None:
    made = {each.name: each.file for each in specimens(tmp_path)}
    reader = LocalReader()

    try:
        shapes = [
            (page.width > page.height)
            for name in ("w2", "w2-turned")
            for page in (await reader.draw(made[name], tmp_path)).pages
        ]
    finally:
        await reader.close()

    assert shapes == [False, False]
    assert b"/Rotate 90" in made["w2-turned"].read_bytes()
