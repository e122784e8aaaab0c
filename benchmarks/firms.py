"""Firms of any size in a database, for questions about what grows with a firm."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from psycopg.sql import SQL, Identifier

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
YEARS = timedelta(days=730)
TABLES = (
    "clients",
    "documents",
    "document_processing",
    "document_reviews",
    "document_pages",
    "extracted_fields",
    "findings",
    "document_versions",
    "operations",
)

FIRMS = (
    "INSERT INTO organizations (id, name) SELECT id, 'A firm' FROM unnest(%(firms)s::uuid[]) AS id"
)
CLIENTS = """
    INSERT INTO clients (id, organization_id, name, entity_type, state)
    SELECT CASE WHEN n = 1 THEN %(client)s ELSE gen_random_uuid() END, %(firm)s,
           'Client ' || n %% 700,
           (ARRAY['individual', 'individual', 'llc', 's_corp', 'trust'])[1 + n %% 5],
           (ARRAY['active', 'active', 'active', 'active', 'inactive', 'prospect',
                  'archived'])[1 + n %% 7]
    FROM generate_series(1, least(10000, greatest(100, %(count)s / 100))) AS n
"""
# A third of the documents are one client's: Postgres sorts where there are few rows, and rightly.
DOCUMENTS = """
    INSERT INTO documents
        (organization_id, client_id, name, state, kind, run, announced_size, announced_sha256,
         created_at, received_at, announced_at)
    SELECT %(firm)s,
           clients.ids[CASE WHEN n %% 11 < 4 THEN 1 ELSE 1 + n %% cardinality(clients.ids) END],
           'a file',
           (ARRAY['accepted', 'accepted', 'accepted', 'accepted', 'accepted', 'accepted',
                  'accepted', 'needs_review', 'rejected', 'duplicate'])[1 + n %% 10],
           (ARRAY['w2', '1099-int', '1099-div', '1098', 'invoice', 'receipt', 'other'])[1 + n %% 7],
           1, 1, 'x', moment, moment, moment
    FROM (SELECT array_agg(id ORDER BY id = %(client)s DESC) AS ids FROM clients
          WHERE organization_id = %(firm)s) AS clients,
         generate_series(1, %(count)s) AS n,
         LATERAL (SELECT %(first)s + n * (%(years)s::interval / %(count)s) AS moment) AS at
"""
# So that a page of them is a small part, too, whatever the filters.
CLIENTS_WITHOUT_DOCUMENTS = """
    INSERT INTO clients (organization_id, name, entity_type, state)
    SELECT c.organization_id, c.name || '-' || n, c.entity_type, c.state
    FROM clients AS c, generate_series(1, 9) AS n
    WHERE c.organization_id = %(firm)s
"""
RUNS = """
    INSERT INTO document_processing
        (organization_id, document_id, number, reader, outcome, started_at, finished_at, checked_at)
    SELECT organization_id, id, 1, 'local', state, received_at, received_at, received_at
    FROM documents
    WHERE organization_id = %(firm)s
"""
REVIEWS = """
    INSERT INTO document_reviews
        (organization_id, document_id, round, remind_at, deadline, verdict, decided_at, read_at)
    SELECT organization_id, id, 1, received_at, received_at, 'rejected', received_at, received_at
    FROM documents
    WHERE organization_id = %(firm)s AND state = 'rejected'
"""
# A tenth of the documents have something to look at in detail.
PAGES = """
    INSERT INTO document_pages (organization_id, document_id, run, page, kind, confidence)
    SELECT organization_id, id, 1, 1, kind, 1
    FROM documents
    WHERE organization_id = %(firm)s AND state = 'needs_review'
"""
FIELDS = """
    INSERT INTO extracted_fields
        (id, organization_id, document_id, run, name, value, confidence, source)
    SELECT gen_random_uuid(), organization_id, id, 1, 'box_1', '1.00', 1, 'ocr'
    FROM documents
    WHERE organization_id = %(firm)s AND state = 'needs_review'
"""
FINDINGS = """
    INSERT INTO findings
        (organization_id, document_id, run, rule, severity, message, is_checked)
    SELECT organization_id, id, 1, 'a_rule', 'warn', 'Something is odd', true
    FROM documents
    WHERE organization_id = %(firm)s AND state = 'needs_review'
"""
VERSIONS = """
    INSERT INTO document_versions (organization_id, document_id, number, etag, size)
    SELECT organization_id, id, 1, 'etag', 1
    FROM documents
    WHERE organization_id = %(firm)s AND state = 'needs_review'
"""
OPERATIONS = """
    INSERT INTO operations
        (id, organization_id, user_id, kind, state, input, created_at, finished_at)
    SELECT gen_random_uuid(), %(firm)s, %(client)s, 'clients_export', 'succeeded', '{}',
           now() - n * interval '1 second', now()
    FROM generate_series(1, least(10000, %(count)s / 10)) AS n
"""
STATEMENTS = (
    CLIENTS,
    DOCUMENTS,
    CLIENTS_WITHOUT_DOCUMENTS,
    RUNS,
    REVIEWS,
    PAGES,
    FIELDS,
    FINDINGS,
    VERSIONS,
    OPERATIONS,
)
# Those of a constraint stay: rows come in the order of no index of theirs anyway.
INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index AS i
    WHERE i.indrelid = ANY(%(tables)s::text[]::regclass[])
      AND NOT EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = i.indexrelid)
"""


@dataclass(frozen=True, slots=True)
class SizedFirm:
    """``client_id`` is the client whom a third of the documents belong to."""

    documents: int
    id: UUID = field(default_factory=uuid4)
    client_id: UUID = field(default_factory=uuid4)


def found(database: str, firms: Sequence[SizedFirm]) -> None:
    """As the database's administrator; the rows are only to be read."""
    with psycopg.connect(database) as admin:
        # That a row points at something need not be checked a million times.
        admin.execute("SET session_replication_role = replica")
        indexes = admin.execute(INDEXES, {"tables": list(TABLES)}).fetchall()
        dropped = SQL(", ").join(Identifier(name) for name, _ in indexes)
        admin.execute(SQL("DROP INDEX ") + dropped)  # they are built faster than grown
        admin.execute(FIRMS, {"firms": [firm.id for firm in firms]})
        for firm in firms:
            known = {"firm": firm.id, "client": firm.client_id, "count": firm.documents}
            for statement in STATEMENTS:
                admin.execute(statement.encode(), {**known, "first": FIRST, "years": YEARS})
        for _, definition in indexes:
            admin.execute(definition.encode())
        # What is estimated must not hang on a sample, nor on when autovacuum comes by.
        for table in TABLES:
            admin.execute(
                SQL("ALTER TABLE {} SET (autovacuum_enabled = false)").format(Identifier(table))
            )
        admin.execute("SET default_statistics_target = 1000")
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute(SQL("VACUUM (ANALYZE) {}").format(SQL(", ").join(map(Identifier, TABLES))))
