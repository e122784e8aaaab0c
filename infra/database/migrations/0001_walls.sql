SET lock_timeout = '5s';

-- After a pooled transaction the setting is '' and not NULL; a plain cast would raise.
CREATE FUNCTION tenant_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.organization_id', true), '')::uuid;

-- Set only while somebody from a client's side is signed in.
CREATE FUNCTION own_client_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.client_id', true), '')::uuid;

-- The wall between firms. A restrictive policy only narrows: without a permissive one nothing is
-- visible. Foreign keys bypass policies, so tenant tables refer to each other by
-- (organization_id, id), which needs the unique key.
CREATE FUNCTION tenant_table(t regclass, access text DEFAULT 'read_write')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY app_may ON %s AS PERMISSIVE TO app USING (true)', t);
    EXECUTE format(
        'CREATE POLICY own_firm_only ON %s AS RESTRICTIVE TO app
         USING (organization_id = tenant_id()) WITH CHECK (organization_id = tenant_id())', t);
    IF EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = t AND attname = 'id' AND NOT attisdropped
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

-- The wall between a firm's clients, for the people of one client. A CASE, because Postgres guesses
-- that half of the rows pass it; of an equality it guesses that almost none do, and then sorts all of
-- a firm's documents for a page of them.
CREATE FUNCTION client_table(t regclass, client_column name DEFAULT 'client_id')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    own_record text := format(
        'CASE WHEN own_client_id() IS NULL THEN true ELSE %I = own_client_id() END', client_column);
BEGIN
    EXECUTE format(
        'CREATE POLICY own_records_only ON %s AS RESTRICTIVE TO app
         USING (%2$s) WITH CHECK (%2$s)', t, own_record);
END $$;

CREATE TABLE organizations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
CREATE POLICY own_firm_only ON organizations TO app
    USING (id = tenant_id()) WITH CHECK (id = tenant_id());
GRANT SELECT, INSERT, UPDATE ON organizations TO app;
