SET lock_timeout = '5s';

-- The client in whose records somebody has seen a TIN: in the client's file, in a value that was
-- read, or on a page. Only entries of such a sight have one.
ALTER TABLE audit_entries ADD tin_of uuid;
CREATE INDEX audit_by_tin ON audit_entries (organization_id, tin_of, recorded_at, id)
    WHERE tin_of IS NOT NULL;
