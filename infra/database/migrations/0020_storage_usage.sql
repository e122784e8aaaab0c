SET lock_timeout = '5s';

-- What a document takes of the firm's room: the bytes of its file; until that has come, those that
-- were announced. The parts of a packet have no file of their own.
ALTER TABLE documents ADD stored_bytes bigint GENERATED ALWAYS AS (
    CASE
        WHEN parent_id IS NOT NULL THEN 0
        WHEN state = 'expected' AND code = 'upload_never_came' THEN 0
        ELSE coalesce(size, announced_size)
    END) STORED;

-- The sum over a firm's documents, which a large firm cannot add up for each upload.
CREATE TABLE organization_usage (
    organization_id uuid PRIMARY KEY REFERENCES organizations,
    stored_bytes bigint NOT NULL
);
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;  -- or its owner finds nothing to add up
INSERT INTO organization_usage (organization_id, stored_bytes)
SELECT organization_id, sum(stored_bytes) FROM documents GROUP BY organization_id;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
SELECT tenant_table('organization_usage');

-- Kept by the database, so that no statement about documents can forget it; with the rights of
-- whoever changes them. Many rows at once are one change: of a row changed a thousand times,
-- Postgres looks through a thousand versions.
CREATE FUNCTION count_stored_bytes() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN
            INSERT INTO organization_usage AS u (organization_id, stored_bytes)
            SELECT organization_id, sum(stored_bytes) FROM added
            WHERE stored_bytes <> 0
            GROUP BY organization_id
            ON CONFLICT (organization_id)
            DO UPDATE SET stored_bytes = u.stored_bytes + excluded.stored_bytes;
        WHEN 'UPDATE' THEN
            UPDATE organization_usage
            SET stored_bytes = stored_bytes + NEW.stored_bytes - OLD.stored_bytes
            WHERE organization_id = NEW.organization_id;
        WHEN 'DELETE' THEN
            UPDATE organization_usage AS u
            SET stored_bytes = u.stored_bytes - gone.bytes
            FROM (
                SELECT organization_id, sum(stored_bytes) AS bytes FROM removed
                WHERE stored_bytes <> 0
                GROUP BY organization_id) AS gone
            WHERE u.organization_id = gone.organization_id;
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER usage_after_insert AFTER INSERT ON documents
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_stored_bytes();
CREATE TRIGGER usage_after_update AFTER UPDATE ON documents
    FOR EACH ROW WHEN (OLD.stored_bytes <> NEW.stored_bytes)
    EXECUTE FUNCTION count_stored_bytes();
CREATE TRIGGER usage_after_delete AFTER DELETE ON documents
    REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION count_stored_bytes();
