import pytest

from shared.clients import tins
from shared.clients.entities import EntityType
from shared.clients.tins import NotATin

INDIVIDUAL, LLC = EntityType.INDIVIDUAL, EntityType.LLC


@pytest.mark.parametrize(
    ("given", "entity_type", "written"),
    [
        ("412557834", INDIVIDUAL, "412-55-7834"),
        ("412-55-7834", INDIVIDUAL, "412-55-7834"),
        ("412557834", LLC, "41-2557834"),
        ("41-2557834", INDIVIDUAL, "41-2557834"),
        ("412-55-7834", LLC, "412-55-7834"),
        ("912501234", INDIVIDUAL, "912-50-1234"),
        ("912991234", INDIVIDUAL, "912-99-1234"),
        ("912931234", INDIVIDUAL, "912-93-1234"),
        ("000000001", LLC, "00-0000001"),
    ],
)
def test_it_is_written_with_the_dashes_of_its_kind(
    given: str, entity_type: EntityType, written: str
) -> None:
    assert tins.written(given, entity_type) == written


@pytest.mark.parametrize(
    "given",
    [
        "000-12-3456",
        "666-12-3456",
        "412-00-3456",
        "412-55-0000",
        "900-49-1234",
        "912-66-1234",
        "912-89-1234",
        "078-05-1120",
        "123456789",
        "111-11-1111",
        "00-0000000",
        "41255783",
        "",
        "412_55_7834",
    ],
)
def test_what_cannot_be_one_is_refused_and_not_quoted(given: str) -> None:
    with pytest.raises(NotATin) as refused:
        tins.written(given, INDIVIDUAL)

    assert not given or given not in str(refused.value)
