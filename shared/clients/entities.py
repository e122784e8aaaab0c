from enum import StrEnum


class EntityType(StrEnum):
    INDIVIDUAL = "individual"
    SOLE_PROPRIETOR = "sole_proprietor"
    PARTNERSHIP = "partnership"
    LLC = "llc"
    S_CORP = "s_corp"
    C_CORP = "c_corp"
    TRUST = "trust"
    ESTATE = "estate"
    NONPROFIT = "nonprofit"
