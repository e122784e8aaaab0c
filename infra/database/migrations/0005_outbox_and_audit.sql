SET lock_timeout = '5s';

CREATE TABLE outbox_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    topic text NOT NULL,
    subject_id uuid NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz
);
CREATE INDEX outbox_unsent ON outbox_events (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_by_subject ON outbox_events (organization_id, subject_id, id);
SELECT tenant_table('outbox_events');

CREATE TABLE audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid,
    role text NOT NULL,
    action text NOT NULL,
    subject_id uuid NOT NULL,
    detail jsonb NOT NULL,
    request_id text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX audit_by_subject ON audit_entries (organization_id, subject_id, id);
SELECT tenant_table('audit_entries', 'insert_only');
