SET lock_timeout = '5s';

-- A partitioned table has no unique key without the partition's column; nothing points at it.
CREATE OR REPLACE FUNCTION tenant_table(t regclass, access text DEFAULT 'read_write')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY app_may ON %s AS PERMISSIVE TO app USING (true)', t);
    EXECUTE format(
        'CREATE POLICY own_firm_only ON %s AS RESTRICTIVE TO app
         USING (organization_id = tenant_id()) WITH CHECK (organization_id = tenant_id())', t);
    IF EXISTS (
        SELECT FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE c.oid = t AND c.relkind = 'r' AND a.attname = 'id' AND NOT a.attisdropped
    ) THEN
        EXECUTE format('ALTER TABLE %s ADD UNIQUE (organization_id, id)', t);
    END IF;
    CASE access
        WHEN 'read_write' THEN
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO app', t);
        WHEN 'insert_only' THEN
            EXECUTE format('GRANT SELECT, INSERT ON %s TO app', t);
    END CASE;
END $$;

CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM audit_entries WITH NO DATA;
ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;  -- or its owner finds nothing to keep
INSERT INTO kept SELECT * FROM audit_entries;
DROP TABLE audit_entries;

-- It outlives whom and what it names, and points at nothing that could not be deleted then.
CREATE TABLE audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY,
    organization_id uuid NOT NULL,
    entity text NOT NULL CHECK (entity = split_part(action, '.', 1)),
    action text NOT NULL,
    subject_id uuid NOT NULL,
    user_id uuid,
    role text NOT NULL,
    session_id uuid,
    api_key_id uuid,
    detail jsonb NOT NULL,
    before jsonb,
    after jsonb,
    request_id text,
    ip text,
    user_agent text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, recorded_at, id)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX audit_in_order ON audit_entries (organization_id, id);
CREATE INDEX audit_by_entity ON audit_entries (organization_id, entity, recorded_at, id);
CREATE INDEX audit_by_action ON audit_entries (organization_id, action, recorded_at, id);
CREATE INDEX audit_by_subject ON audit_entries (organization_id, subject_id, recorded_at, id);
CREATE INDEX audit_by_subject_and_action
    ON audit_entries (organization_id, subject_id, action, recorded_at, id);
CREATE INDEX audit_by_user ON audit_entries (organization_id, user_id, recorded_at, id)
    WHERE user_id IS NOT NULL;
CREATE INDEX audit_by_user_and_action
    ON audit_entries (organization_id, user_id, action, recorded_at, id) WHERE user_id IS NOT NULL;

-- Partitions are in a schema of their own, where nobody has a grant: all go through the parent.
-- What no month is there for lands in the default partition, so that keeping an entry never fails.
CREATE SCHEMA partitions AUTHORIZATION archivist;
CREATE TABLE partitions.audit_entries_other PARTITION OF audit_entries DEFAULT;
ALTER TABLE partitions.audit_entries_other ENABLE ROW LEVEL SECURITY;
ALTER TABLE partitions.audit_entries_other FORCE ROW LEVEL SECURITY;
INSERT INTO audit_entries
    (id, organization_id, entity, action, subject_id, user_id, role, detail, request_id,
     recorded_at)
OVERRIDING SYSTEM VALUE
SELECT id, organization_id, split_part(action, '.', 1), action, subject_id, user_id, role, detail,
       request_id, recorded_at
FROM kept;
SELECT setval(
    pg_get_serial_sequence('audit_entries', 'id'),
    coalesce((SELECT max(id) FROM kept), 0) + 1, false);
SELECT tenant_table('audit_entries', 'insert_only');

-- For this month and the next two, and for each month that has entries in the default partition.
-- The caller chooses nothing but the table, and of those only what is listed here.
CREATE FUNCTION ensure_partitions(the_table text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    other text := format('partitions.%I', the_table || '_other');
    this_month timestamp := date_trunc('month', now() AT TIME ZONE 'UTC');
    month timestamp;
    part text;
    made integer := 0;
BEGIN
    IF the_table <> ALL ('{audit_entries}') THEN
        RAISE EXCEPTION '% has no partitions', the_table;
    END IF;
    PERFORM set_config('lock_timeout', '5s', true);
    PERFORM pg_advisory_xact_lock(hashtextextended('partitions of ' || the_table, 0));
    EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', other);
    FOR month IN EXECUTE format(
        'SELECT %L::timestamp + n * interval ''1 month'' FROM generate_series(0, 2) AS n
         UNION SELECT date_trunc(''month'', recorded_at AT TIME ZONE ''UTC'') FROM %s
         ORDER BY 1', this_month, other)
    LOOP
        part := format('partitions.%I', the_table || to_char(month, '_YYYY_MM'));
        CONTINUE WHEN to_regclass(part) IS NOT NULL;
        EXECUTE format('CREATE TABLE %s (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                       part, the_table);
        EXECUTE format(
            'WITH moved AS (
                 DELETE FROM %s WHERE recorded_at >= %2$L AND recorded_at < %3$L RETURNING *)
             INSERT INTO %4$s SELECT * FROM moved',
            other, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC', part);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %I ATTACH PARTITION %s FOR VALUES FROM (%L) TO (%L)',
            the_table, part, month AT TIME ZONE 'UTC',
            (month + interval '1 month') AT TIME ZONE 'UTC');
        made := made + 1;
    END LOOP;
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', other);
    RETURN made;
END $$;

-- A month that no law asks for any more can be taken out, by whoever runs the service and not by
-- the app. The table stays where it is until it has been archived.
CREATE FUNCTION detach_partition(the_table text, month date) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF the_table <> ALL ('{audit_entries}') THEN
        RAISE EXCEPTION '% has no partitions', the_table;
    END IF;
    IF month + interval '1 month' > (now() AT TIME ZONE 'UTC') - interval '7 years' THEN
        RAISE EXCEPTION 'Entries are kept for seven years';
    END IF;
    EXECUTE format('ALTER TABLE %I DETACH PARTITION partitions.%I',
                   the_table, the_table || to_char(month, '_YYYY_MM'));
END $$;

REVOKE EXECUTE ON FUNCTION ensure_partitions, detach_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ensure_partitions TO app;
GRANT CREATE ON SCHEMA public TO archivist;  -- Postgres wants it for the next lines only
ALTER TABLE audit_entries OWNER TO archivist;
ALTER TABLE partitions.audit_entries_other OWNER TO archivist;
ALTER FUNCTION ensure_partitions OWNER TO archivist;
ALTER FUNCTION detach_partition OWNER TO archivist;
REVOKE CREATE ON SCHEMA public FROM archivist;
SELECT ensure_partitions('audit_entries');

-- ``entries`` is [[id, hash], …] of each entry sealed here; ``hash`` is over those, the number and
-- the hash of the seal before. What they are made of: shared/compliance/chain.py.
CREATE TABLE audit_seals (
    organization_id uuid NOT NULL,
    number integer NOT NULL CHECK (number > 0),
    first_id bigint NOT NULL,
    last_id bigint NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    entries jsonb NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL,
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, number),
    CHECK (first_id <= last_id)
);
SELECT tenant_table('audit_seals', 'insert_only');

GRANT SELECT (organization_id, id) ON audit_entries TO directory;
CREATE POLICY directory_may_look ON audit_entries FOR SELECT TO directory USING (true);
GRANT SELECT (organization_id, number, last_id) ON audit_seals TO directory;
CREATE POLICY directory_may_look ON audit_seals FOR SELECT TO directory USING (true);
CREATE FUNCTION organizations_to_seal() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id
    FROM organizations AS o
    WHERE EXISTS (
        SELECT FROM audit_entries AS e
        WHERE e.organization_id = o.id AND e.id > coalesce((
            SELECT s.last_id FROM audit_seals AS s
            WHERE s.organization_id = o.id
            ORDER BY s.number DESC
            LIMIT 1), 0))
$$;
REVOKE EXECUTE ON FUNCTION organizations_to_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_to_seal TO app;
GRANT CREATE ON SCHEMA public TO directory;
ALTER FUNCTION organizations_to_seal OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;

-- They outlive the firm, too.
ALTER TABLE security_events
    DROP CONSTRAINT security_events_organization_id_fkey,
    ADD COLUMN session_id uuid,
    ADD COLUMN api_key_id uuid;
DROP INDEX security_events_by_time, security_events_by_kind;
CREATE INDEX security_events_by_time ON security_events (organization_id, occurred_at, id);
CREATE INDEX security_events_by_kind ON security_events (organization_id, kind, occurred_at, id);
CREATE INDEX security_events_by_user ON security_events (organization_id, user_id, occurred_at, id)
    WHERE user_id IS NOT NULL;
CREATE INDEX security_events_by_user_and_kind
    ON security_events (organization_id, user_id, kind, occurred_at, id) WHERE user_id IS NOT NULL;
