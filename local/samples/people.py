"""Invented people, companies and places; none of them exists.

Their numbers have a valid shape, or the clean samples would not be clean. Areas 800 to 899
were not issued before June 2011, so no grown-up of our making can meet a namesake; the
telephone numbers are of the 555-01xx range kept for fiction.
"""

from dataclasses import dataclass
from random import Random

_FIRST = ("Rosalind", "Thaddeus", "Imogen", "Cornelius", "Beatrix", "Leopold", "Marguerite")
_FIRST_MORE = ("Percival", "Octavia", "Ambrose", "Winifred", "Ignatius", "Philippa", "Barnaby")
_LAST = ("Quillfeather", "Underbough", "Larkspur", "Penhallow", "Thistlewood", "Marchbanks")
_LAST_MORE = ("Fairweather", "Oldcastle", "Brambleby", "Winterbourne", "Copperfield", "Nightjar")
_STREETS = ("Larkspur Lane", "Old Ferry Road", "Thimble Street", "Harvest Court", "Kiln Avenue")
_TOWNS = (
    ("Maple Hollow", "OH", "446"),
    ("Fiddlers Landing", "PA", "176"),
    ("Lake Sampson", "MN", "560"),
    ("Tinkers Gap", "CO", "804"),
    ("Port Example", "NY", "138"),
)
_EIN_PREFIXES = ("20", "26", "27", "45", "46", "47", "81", "82", "83", "84", "85")


@dataclass(frozen=True)
class Place:
    street: str
    town: str
    state: str
    zip_code: str

    @property
    def lines(self) -> tuple[str, str]:
        return (self.street, f"{self.town}, {self.state} {self.zip_code}")

    @property
    def address(self) -> str:
        return ", ".join(self.lines)


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    ssn: str
    home: Place

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Company:
    name: str
    ein: str
    seat: Place
    phone: str

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.name, *self.seat.lines)


def invent_place(chance: Random) -> Place:
    town, state, zip_prefix = chance.choice(_TOWNS)
    street = f"{chance.randint(12, 9899)} {chance.choice(_STREETS)}"
    return Place(street, town, state, f"{zip_prefix}{chance.randint(10, 99)}")


def invent_person(chance: Random) -> Person:
    first = f"{chance.choice(_FIRST + _FIRST_MORE)} {chance.choice('ABCDEGHJKLMNPRSTW')}"
    ssn = f"{chance.randint(800, 899)}-{chance.randint(1, 99):02}-{chance.randint(1, 9999):04}"
    return Person(first, chance.choice(_LAST + _LAST_MORE), ssn, invent_place(chance))


def invent_company(chance: Random, trade: str) -> Company:
    """Name a company of that trade, such as "Savings Bank", after one of our families."""
    ein = f"{chance.choice(_EIN_PREFIXES)}-{chance.randint(1000000, 9999999)}"
    phone = f"({chance.randint(201, 989)}) 555-01{chance.randint(0, 99):02}"
    name = f"{chance.choice(_LAST + _LAST_MORE)} {trade}"
    return Company(name, ein, invent_place(chance), phone)
