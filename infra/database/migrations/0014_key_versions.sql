SET lock_timeout = '5s';

-- A rotation makes a version of a firm's keys; what earlier ones sealed opens until they are deleted.
ALTER TABLE organization_keys
    ADD COLUMN version integer NOT NULL DEFAULT 1 CHECK (version BETWEEN 1 AND 65535),
    ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'retired')),
    ADD COLUMN wrapped_by text NOT NULL DEFAULT '',
    ADD COLUMN retired_at timestamptz,
    ADD CHECK ((state = 'retired') = (retired_at IS NOT NULL)),
    DROP CONSTRAINT organization_keys_pkey,
    ADD PRIMARY KEY (organization_id, version);
ALTER TABLE organization_keys
    ALTER COLUMN version DROP DEFAULT,
    ALTER COLUMN wrapped_by DROP DEFAULT;
CREATE UNIQUE INDEX organization_keys_active ON organization_keys (organization_id)
    WHERE state = 'active';
GRANT UPDATE, DELETE ON organization_keys TO app;
-- Whoever has unwrapped a firm's keys may go on using them for a while: a day is more than enough.
CREATE POLICY keys_in_use_stay ON organization_keys AS RESTRICTIVE FOR DELETE TO app
    USING (retired_at < now() - interval '1 day'
           OR EXISTS (SELECT FROM organizations AS o
                      WHERE o.id = organization_id AND o.state = 'erased'));

-- The version of the keys that open a sealed value, as crypto.py writes it.
CREATE FUNCTION sealed_with(sealed bytea) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE get_byte(sealed, 0)
    WHEN 1 THEN 1
    WHEN 2 THEN get_byte(sealed, 1) * 256 + get_byte(sealed, 2)
END;

-- Keys cannot be deleted while a row needs them, and nothing is sealed with keys that are gone.
CREATE FUNCTION sealed_column(t regclass, sealed name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'ALTER TABLE %1$s
         ADD COLUMN %3$I integer GENERATED ALWAYS AS (sealed_with(%2$I)) STORED,
         ADD FOREIGN KEY (organization_id, %3$I)
             REFERENCES organization_keys (organization_id, version)', t, sealed, sealed || '_key');
    EXECUTE format(
        'CREATE INDEX ON %1$s (organization_id, %2$I) WHERE %2$I IS NOT NULL', t, sealed || '_key');
END $$;
SELECT sealed_column('clients', 'tin_sealed');
SELECT sealed_column('extracted_fields', 'value_sealed');

-- The timer's question: which firms have keys that are due to be replaced, to be destroyed, or to be
-- wrapped by another master key?
GRANT SELECT (organization_id, state, wrapped_by, created_at, retired_at)
    ON organization_keys TO directory;
CREATE POLICY directory_may_look ON organization_keys FOR SELECT TO directory USING (true);
CREATE FUNCTION organizations_with_old_keys(
    created_before timestamptz, retired_before timestamptz, wrapping text)
RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.organization_id
    FROM organization_keys AS k
    WHERE k.state = 'active' AND k.created_at < created_before
       OR k.retired_at < retired_before
       OR k.wrapped_by <> wrapping
    GROUP BY k.organization_id
$$;
REVOKE EXECUTE ON FUNCTION organizations_with_old_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_with_old_keys TO app;
GRANT CREATE ON SCHEMA public TO directory;
ALTER FUNCTION organizations_with_old_keys OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
