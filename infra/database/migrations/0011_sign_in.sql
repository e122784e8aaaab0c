SET lock_timeout = '5s';

ALTER TABLE organizations ADD COLUMN state text NOT NULL DEFAULT 'active'
    CHECK (state IN ('active', 'suspended', 'erased'));
ALTER TABLE memberships ADD COLUMN state text NOT NULL DEFAULT 'active'
    CHECK (state IN ('active', 'suspended', 'offboarded'));

GRANT SELECT ON organizations TO directory;
CREATE POLICY directory_may_look ON organizations FOR SELECT TO directory USING (true);

-- The id derives from the user and what the issuer calls the session, so that all of its tokens are
-- one session. A device is the hash of a browser and a network.
CREATE TABLE user_sessions (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL,
    device text NOT NULL,
    ip text,
    user_agent text,
    started_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('revoked', 'offboarded')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX user_sessions_by_start
    ON user_sessions (organization_id, user_id, started_at DESC, id DESC);
SELECT tenant_table('user_sessions');

-- The secret is 256 random bits, so its plain SHA-256 cannot be guessed back. After a rotation the
-- secret before is good until its overlap ends.
CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL,
    made_by uuid NOT NULL,
    name text NOT NULL,
    prefix text NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}' CHECK (NOT 'tin:reveal' = ANY (scopes)),
    secret_hash bytea NOT NULL,
    previous_hash bytea,
    previous_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CHECK ((previous_hash IS NULL) = (previous_until IS NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, made_by) REFERENCES users (organization_id, id)
);
CREATE INDEX api_keys_by_prefix ON api_keys (prefix);
CREATE INDEX api_keys_by_time ON api_keys (organization_id, created_at DESC, id DESC);
CREATE INDEX api_keys_of_user ON api_keys (organization_id, user_id) WHERE revoked_at IS NULL;
SELECT tenant_table('api_keys');
GRANT SELECT ON api_keys TO directory;
CREATE POLICY directory_may_look ON api_keys FOR SELECT TO directory USING (true);

DROP FUNCTION membership_of;
CREATE FUNCTION membership_of(the_issuer text, the_subject text)
RETURNS TABLE (
    organization_id uuid, user_id uuid, role text, client_id uuid,
    state text, organization_state text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.organization_id, u.id, m.role, m.client_id, m.state, o.state
    FROM identities AS i
    JOIN users AS u ON u.identity_id = i.id
    JOIN memberships AS m ON m.organization_id = u.organization_id AND m.user_id = u.id
    JOIN organizations AS o ON o.id = u.organization_id
    WHERE i.issuer = the_issuer AND i.subject = the_subject
      AND m.state <> 'offboarded' AND o.state <> 'erased'
    ORDER BY u.organization_id
$$;

-- Nothing keeps two firms' keys from having the same prefix, except that prefixes are random.
CREATE FUNCTION key_owner(the_prefix text)
RETURNS TABLE (organization_id uuid, key_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.organization_id, k.id
    FROM api_keys AS k
    WHERE k.prefix = the_prefix
    ORDER BY k.created_at
    LIMIT 4
$$;

REVOKE EXECUTE ON FUNCTION membership_of, key_owner FROM PUBLIC;
GRANT EXECUTE ON FUNCTION membership_of, key_owner TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next lines only
ALTER FUNCTION membership_of OWNER TO directory;
ALTER FUNCTION key_owner OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
