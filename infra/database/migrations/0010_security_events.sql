SET lock_timeout = '5s';

-- What whoever watches over a firm wants to hear of. It outlives the users it names.
CREATE TABLE security_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid,
    kind text NOT NULL,
    subject_id uuid,
    detail jsonb NOT NULL,
    request_id text,
    ip text,
    user_agent text,
    occurred_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX security_events_by_time ON security_events (organization_id, id DESC);
CREATE INDEX security_events_by_kind ON security_events (organization_id, kind, id DESC);
SELECT tenant_table('security_events', 'insert_only');
