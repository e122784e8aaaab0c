SET lock_timeout = '5s';

CREATE TABLE documents (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    client_id uuid NOT NULL,
    parent_id uuid,
    name text NOT NULL CHECK (name <> ''),
    state text NOT NULL DEFAULT 'expected' CHECK (state IN (
        'expected', 'received', 'processing',
        'accepted', 'needs_review', 'duplicate', 'rejected', 'failed')),
    code text,
    detail text,
    kind text,
    confidence double precision,
    tax_year integer,
    pages integer[] NOT NULL DEFAULT '{}',
    run integer NOT NULL DEFAULT 0,
    announced_size bigint NOT NULL CHECK (announced_size >= 0),
    announced_sha256 text NOT NULL,
    size bigint,
    sha256 text,
    media_type text,
    duplicate_of uuid,
    uploaded_by uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    announced_at timestamptz NOT NULL DEFAULT now(),  -- the last time, when announced again
    received_at timestamptz,
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, uploaded_by) REFERENCES users (organization_id, id)
);
SELECT tenant_table('documents');
SELECT client_table('documents');
ALTER TABLE documents
    ADD FOREIGN KEY (organization_id, parent_id) REFERENCES documents (organization_id, id),
    ADD FOREIGN KEY (organization_id, duplicate_of) REFERENCES documents (organization_id, id);

-- Lists show whole files, newest first; the parts of a packet hang on their file.
CREATE INDEX documents_newest ON documents (organization_id, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_client ON documents (organization_id, client_id, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_state ON documents (organization_id, state, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_kind ON documents (organization_id, kind, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_client_and_state
    ON documents (organization_id, client_id, state, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_client_and_kind
    ON documents (organization_id, client_id, kind, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_state_and_kind
    ON documents (organization_id, state, kind, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
CREATE INDEX documents_by_client_state_and_kind
    ON documents (organization_id, client_id, state, kind, created_at DESC, id DESC)
    WHERE parent_id IS NULL;
-- The review queue is worked off oldest first.
CREATE INDEX documents_to_review ON documents (organization_id, received_at, id)
    WHERE state = 'needs_review' AND parent_id IS NULL;
CREATE INDEX documents_of_parent ON documents (organization_id, parent_id, id)
    WHERE parent_id IS NOT NULL;
CREATE INDEX documents_same_bytes ON documents (organization_id, client_id, sha256);
CREATE INDEX documents_announced ON documents (organization_id, client_id, announced_sha256)
    WHERE state = 'expected';
CREATE INDEX documents_duplicates ON documents (organization_id, duplicate_of)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX documents_under_way ON documents (organization_id, announced_at)
    WHERE state IN ('expected', 'received', 'processing');

-- Each blob that arrived under the document's name.
CREATE TABLE document_versions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    number integer NOT NULL,
    etag text NOT NULL,
    size bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, document_id, number),
    UNIQUE (organization_id, document_id, etag),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);
SELECT tenant_table('document_versions', 'insert_only');

-- A row for each run. The ETag is NULL when a person asked to read the same blob again.
CREATE TABLE document_processing (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    number integer NOT NULL,
    etag text,
    requested_by uuid,
    reader text,
    outcome text,
    code text,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    UNIQUE (organization_id, document_id, number),
    UNIQUE (organization_id, document_id, etag),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id),
    FOREIGN KEY (organization_id, requested_by) REFERENCES users (organization_id, id)
);
CREATE INDEX runs_under_way ON document_processing (organization_id, started_at)
    WHERE finished_at IS NULL;
SELECT tenant_table('document_processing');

CREATE TABLE document_pages (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    run integer NOT NULL,
    page integer NOT NULL CHECK (page > 0),
    kind text,
    confidence double precision,
    UNIQUE (organization_id, document_id, run, page),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);
SELECT tenant_table('document_pages');

-- A TIN is never in ``value``: it is sealed, found by its hash, shown by its last four.
CREATE TABLE extracted_fields (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    run integer NOT NULL,
    name text NOT NULL,
    value text,
    value_sealed bytea,
    value_hash bytea,
    last4 text,
    confidence double precision NOT NULL,
    page integer,
    box double precision[],
    source text NOT NULL CHECK (source IN (
        'text_layer', 'form_field', 'ocr', 'derived', 'model', 'person')),
    corrected_by uuid,
    corrected_at timestamptz,
    UNIQUE (organization_id, document_id, run, name),
    CHECK (value IS NULL OR value_sealed IS NULL),
    CHECK ((value_sealed IS NULL) = (value_hash IS NULL)),
    CHECK ((value_hash IS NULL) = (last4 IS NULL)),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id),
    FOREIGN KEY (organization_id, corrected_by) REFERENCES users (organization_id, id)
);
CREATE INDEX fields_by_hash ON extracted_fields (organization_id, value_hash)
    WHERE value_hash IS NOT NULL;
SELECT tenant_table('extracted_fields');

CREATE TABLE findings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    run integer NOT NULL,
    rule text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('block', 'warn', 'info')),
    message text NOT NULL,
    fields text[] NOT NULL DEFAULT '{}',
    is_checked boolean NOT NULL,  -- by a rule over the values, so a correction checks it again
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, document_id, run, rule, fields),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
);
SELECT tenant_table('findings');

-- A round is the run it asks about; a person decides it once.
CREATE TABLE document_reviews (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    document_id uuid NOT NULL,
    round integer NOT NULL,
    remind_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    verdict text CHECK (verdict IN ('accepted', 'rejected', 'reread')),
    decided_by uuid,
    decided_at timestamptz,
    read_at timestamptz,
    UNIQUE (organization_id, document_id, round),
    CHECK ((verdict IS NULL) = (decided_at IS NULL)),
    FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id),
    FOREIGN KEY (organization_id, decided_by) REFERENCES users (organization_id, id)
);
CREATE INDEX reviews_to_wake ON document_reviews (organization_id, decided_at)
    WHERE decided_at IS NOT NULL AND read_at IS NULL;
SELECT tenant_table('document_reviews');

-- The sweep's question: which firms have documents on the way, or decisions nobody has read?
GRANT SELECT ON documents, document_reviews TO directory;
CREATE POLICY directory_may_look ON documents FOR SELECT TO directory USING (true);
CREATE POLICY directory_may_look ON document_reviews FOR SELECT TO directory USING (true);
CREATE FUNCTION organizations_due() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.organization_id
    FROM documents AS d
    WHERE d.state IN ('expected', 'received', 'processing')
      AND (d.state <> 'expected' OR d.announced_at > now() - interval '1 day')
    UNION
    SELECT r.organization_id
    FROM document_reviews AS r
    WHERE r.decided_at IS NOT NULL AND r.read_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION organizations_due FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_due TO app;
GRANT CREATE ON SCHEMA public TO directory;
ALTER FUNCTION organizations_due OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
