SET lock_timeout = '5s';

ALTER TABLE clients
    ADD COLUMN state text NOT NULL DEFAULT 'active' CHECK (state IN (
        'prospect', 'active', 'inactive', 'archived')),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    -- A column, for lower() is not leakproof: under the policies no index on it would be used.
    ADD COLUMN sort_name text GENERATED ALWAYS AS (lower(name)) STORED;

DROP INDEX clients_by_name;
CREATE INDEX clients_by_name ON clients (organization_id, sort_name, id)
    WHERE state <> 'archived';
CREATE INDEX clients_by_state ON clients (organization_id, state, sort_name, id);
CREATE INDEX clients_by_type ON clients (organization_id, entity_type, sort_name, id)
    WHERE state <> 'archived';
CREATE INDEX clients_by_state_and_type
    ON clients (organization_id, state, entity_type, sort_name, id);
