SET lock_timeout = '5s';

-- The answer to a request that came with an Idempotency-Key; while there is none, the request runs,
-- or has died at it: then the lease ends. A caller is a user or an API key.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL REFERENCES organizations,
    caller_id uuid NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request_hash bytea NOT NULL,
    leased_until timestamptz NOT NULL,
    answer_sealed bytea,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, caller_id, key)
);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at, organization_id);
SELECT tenant_table('idempotency_keys');

GRANT SELECT (organization_id, expires_at) ON idempotency_keys TO directory;
CREATE POLICY directory_may_look ON idempotency_keys FOR SELECT TO directory USING (true);

CREATE FUNCTION organizations_with_expired_keys() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT k.organization_id
    FROM idempotency_keys AS k
    WHERE k.expires_at < now()
$$;
REVOKE EXECUTE ON FUNCTION organizations_with_expired_keys FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_with_expired_keys TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION organizations_with_expired_keys OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
