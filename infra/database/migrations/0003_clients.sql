SET lock_timeout = '5s';

CREATE TABLE clients (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    name text NOT NULL CHECK (name <> ''),
    entity_type text NOT NULL DEFAULT 'individual' CHECK (entity_type IN (
        'individual', 'sole_proprietor', 'partnership', 'llc', 's_corp', 'c_corp',
        'trust', 'estate', 'nonprofit')),
    tin_sealed bytea,
    tin_hash bytea,
    tin_last4 text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((tin_sealed IS NULL) = (tin_hash IS NULL) AND (tin_hash IS NULL) = (tin_last4 IS NULL))
);
CREATE INDEX clients_by_name ON clients (organization_id, name, id);
CREATE INDEX clients_by_tin ON clients (organization_id, tin_hash);
SELECT tenant_table('clients');
SELECT client_table('clients', 'id');
