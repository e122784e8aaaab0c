"""What a firm has in the database, whatever tables there are."""

from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from tests.architecture.test_walls import tenant_tables

CHECKSUM = SQL(
    """
    SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))
    FROM {} AS t WHERE organization_id = %s
    """
)
OF_THINGS = SQL(
    """
    SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))
    FROM {} AS t WHERE organization_id = %s AND t::text ~ %s
    """
)
IDS = SQL("SELECT id::text FROM {} WHERE organization_id = %s")
WITH_UUID = """
    SELECT table_name FROM information_schema.columns
    WHERE table_schema = 'public' AND column_name = 'id' AND data_type = 'uuid'
"""


@dataclass(frozen=True)
class Rows:
    admin: psycopg.Connection

    def checksums(self, organization_id: UUID) -> dict[str, str]:
        """By table: how many rows, and what they hold."""
        return {
            table: self._one(CHECKSUM, table, organization_id)
            for table in sorted(tenant_tables(self.admin))
        }

    def of_things(self, organization_id: UUID, ids: set[str]) -> dict[str, str]:
        """The same of the rows that are, or point at, one of these things."""
        return {
            table: self._one(OF_THINGS, table, organization_id, "|".join(sorted(ids)))
            for table in sorted(tenant_tables(self.admin))
        }

    def empty(self, organization_id: UUID) -> set[str]:
        found = self.checksums(organization_id)
        return {table for table, checksum in found.items() if checksum.startswith("0 ")}

    def ids(self, organization_id: UUID) -> set[str]:
        """Every id by which a thing of the firm could be named."""
        with_id = {name for (name,) in self.admin.execute(WITH_UUID)} & tenant_tables(self.admin)
        found = {str(organization_id)}
        for table in with_id:
            command = IDS.format(Identifier(table))
            found |= {row[0] for row in self.admin.execute(command, [organization_id])}
        return found

    def _one(self, command: SQL, table: str, *given: object) -> str:
        (found,) = self.admin.execute(command.format(Identifier(table)), given).fetchone() or ("",)
        return found
