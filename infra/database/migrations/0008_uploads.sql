SET lock_timeout = '5s';

-- When the sweep has asked storage whether the blobs of an ended run are still there.
ALTER TABLE document_processing ADD COLUMN checked_at timestamptz;
CREATE INDEX runs_unchecked ON document_processing (organization_id, document_id, number)
    WHERE finished_at IS NOT NULL AND checked_at IS NULL;
-- The sweep goes through what is open page by page, so its indexes are in the order of its pages.
DROP INDEX runs_under_way, reviews_to_wake;
CREATE INDEX runs_under_way ON document_processing (organization_id, document_id, number)
    WHERE finished_at IS NULL;
CREATE INDEX reviews_to_wake ON document_reviews (organization_id, document_id, round)
    WHERE decided_at IS NOT NULL AND read_at IS NULL;
-- The sweep asks for these until they come, or until it has said that they never did.
CREATE INDEX documents_awaited ON documents (organization_id, id)
    WHERE state = 'expected' AND code IS DISTINCT FROM 'upload_never_came';
-- A client that repeats itself is told of what has come and was not looked at yet.
CREATE INDEX documents_unmeasured ON documents (organization_id, client_id, announced_sha256)
    WHERE sha256 IS NULL AND state IN ('received', 'processing');

GRANT SELECT ON document_processing TO directory;
CREATE POLICY directory_may_look ON document_processing FOR SELECT TO directory USING (true);
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
$$;
