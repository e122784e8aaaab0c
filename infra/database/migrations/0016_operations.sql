SET lock_timeout = '5s';

-- Work that takes longer than a request. ``input`` and ``cursor`` are ids and small choices, never
-- somebody's data: a row outlives its work by a week.
CREATE TABLE operations (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid,
    kind text NOT NULL CHECK (kind <> ''),
    state text NOT NULL DEFAULT 'pending' CHECK (state IN (
        'pending', 'running', 'succeeded', 'failed', 'cancelled')),
    input jsonb NOT NULL,
    step integer NOT NULL DEFAULT 0,
    cursor jsonb,
    done bigint NOT NULL DEFAULT 0 CHECK (done >= 0),
    total bigint CHECK (total >= 0),
    result jsonb,
    code text,
    detail text,
    cancel_requested_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    progressed_at timestamptz,
    finished_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CHECK ((state IN ('pending', 'running')) = (finished_at IS NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX operations_own ON operations (organization_id, user_id, created_at DESC, id DESC);
CREATE INDEX operations_newest ON operations (organization_id, created_at DESC, id DESC);
CREATE INDEX operations_under_way ON operations (organization_id, id) WHERE finished_at IS NULL;
CREATE INDEX operations_ended ON operations (finished_at, organization_id)
    WHERE finished_at IS NOT NULL;
SELECT tenant_table('operations');

GRANT SELECT ON operations TO directory;
CREATE POLICY directory_may_look ON operations FOR SELECT TO directory USING (true);
CREATE OR REPLACE FUNCTION organizations_due() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT organization_id FROM documents
    WHERE state IN ('received', 'processing') AND parent_id IS NULL
    UNION
    SELECT organization_id FROM documents
    WHERE state = 'expected' AND code IS DISTINCT FROM 'upload_never_came'
    UNION
    SELECT organization_id FROM document_processing
    WHERE finished_at IS NOT NULL AND checked_at IS NULL
    UNION
    SELECT organization_id FROM document_reviews
    WHERE decided_at IS NOT NULL AND read_at IS NULL
    UNION
    SELECT organization_id FROM operations WHERE finished_at IS NULL
    UNION
    SELECT organization_id FROM operations WHERE finished_at < now() - interval '7 days'
$$;
