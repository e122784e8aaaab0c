SET lock_timeout = '5s';

-- A firm that was erased stays as a tombstone; ``purged_at`` is when the last of its blobs was gone.
ALTER TABLE organizations
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN purged_at timestamptz;
CREATE INDEX organizations_to_purge_first ON organizations (erased_at)
    WHERE erased_at IS NOT NULL AND purged_at IS NULL;

-- Nobody deletes a version of a document, but with the document it goes.
ALTER TABLE document_versions
    DROP CONSTRAINT document_versions_organization_id_document_id_fkey,
    ADD FOREIGN KEY (organization_id, document_id) REFERENCES documents (organization_id, id)
        ON DELETE CASCADE;

-- All that the app may delete of the firm it works for: whoever calls it has no more rights in here
-- than outside. Tables that others point at come after those.
CREATE FUNCTION erase_rows() RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    todo regclass[] := ARRAY(
        SELECT c.oid::regclass
        FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'organization_id'
        WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
          AND has_table_privilege(c.oid, 'DELETE'));
    later regclass[];
    t regclass;
BEGIN
    WHILE cardinality(todo) > 0 LOOP
        later := '{}';
        FOREACH t IN ARRAY todo LOOP
            BEGIN
                EXECUTE format('DELETE FROM %s WHERE organization_id = tenant_id()', t);
            EXCEPTION WHEN foreign_key_violation THEN
                later := later || t;
            END;
        END LOOP;
        IF later = todo THEN
            RAISE EXCEPTION 'what others need cannot be deleted: %', todo;
        END IF;
        todo := later;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION erase_rows FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_rows TO app;

CREATE FUNCTION organizations_to_purge() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id FROM organizations AS o
    WHERE o.erased_at IS NOT NULL AND o.purged_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION organizations_to_purge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_to_purge TO app;
GRANT CREATE ON SCHEMA public TO directory;
ALTER FUNCTION organizations_to_purge OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
