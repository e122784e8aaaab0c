SET lock_timeout = '5s';

-- Data keys, wrapped by the master key: what a TIN is sealed with, what it is found by.
CREATE TABLE organization_keys (
    organization_id uuid PRIMARY KEY REFERENCES organizations,
    seal_key_wrapped bytea NOT NULL,
    hash_key_wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
SELECT tenant_table('organization_keys', 'insert_only');

CREATE TABLE identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    issuer text NOT NULL,
    subject text NOT NULL,
    UNIQUE (issuer, subject)
);
GRANT INSERT ON identities TO app;
GRANT SELECT ON identities TO directory;

CREATE TABLE users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    identity_id uuid NOT NULL REFERENCES identities,
    email text NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, identity_id),
    UNIQUE (organization_id, email)
);
CREATE INDEX ON users (identity_id);
SELECT tenant_table('users');
GRANT SELECT ON users TO directory;
CREATE POLICY directory_may_look ON users FOR SELECT TO directory USING (true);
