SET lock_timeout = '5s';

-- The wall between a firm's clients, for every table. Its people reach of a table nothing, or what
-- is their own, or what their documents have; a CASE for the reason given at client_table().
CREATE FUNCTION own_user_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.user_id', true), '')::uuid;

-- For people of clients the rows are those of which ``own`` is true; of the commands not named they
-- are free.
CREATE FUNCTION wall_between_clients(
    t regclass, own text, commands text[] DEFAULT '{SELECT,INSERT,UPDATE,DELETE}'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    command text;
    own_only text := format('(CASE WHEN own_client_id() IS NULL THEN true ELSE %s END)', own);
    checks jsonb := jsonb_build_object(
        'SELECT', 'USING ' || own_only,
        'INSERT', 'WITH CHECK ' || own_only,
        'UPDATE', 'USING ' || own_only || ' WITH CHECK ' || own_only,
        'DELETE', 'USING ' || own_only);
BEGIN
    FOREACH command IN ARRAY commands LOOP
        EXECUTE format(
            'CREATE POLICY %I ON %s AS RESTRICTIVE FOR %s TO app %s',
            'own_records_only_' || lower(command), t, command, checks ->> command);
    END LOOP;
END $$;

-- What a document has goes with it. The policies of documents answer. In a policy itself Postgres
-- would weigh reading all of them.
CREATE FUNCTION is_own_document(the_id uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM documents WHERE id = the_id);
SELECT wall_between_clients(t, 'is_own_document(document_id)')
FROM unnest('{document_versions,document_processing,document_pages,extracted_fields,findings,
              document_reviews}'::regclass[]) AS t;

-- What is somebody's own.
SELECT wall_between_clients('users', 'id = own_user_id()');
SELECT wall_between_clients('idempotency_keys', 'caller_id = own_user_id()');
SELECT wall_between_clients(t, 'user_id = own_user_id()')
FROM unnest('{memberships,user_sessions,operations}'::regclass[]) AS t;

-- What is the firm's alone.
SELECT wall_between_clients(t, 'false')
FROM unnest('{api_keys,audit_seals,engagement_roles,invitations,offboardings}'::regclass[]) AS t;

-- What they do is written down, for others to read.
SELECT wall_between_clients(t, 'false', '{SELECT,UPDATE,DELETE}')
FROM unnest('{audit_entries,outbox_events,security_events}'::regclass[]) AS t;

-- What signing in, and sealing the answer to a request, has to know of the firm.
SELECT wall_between_clients(t, 'false', '{INSERT,UPDATE,DELETE}')
FROM unnest('{organization_keys,organization_settings_versions,feature_flags}'::regclass[]) AS t;

-- Their uploads are counted by the database with their rights, while the firm's row is locked, which
-- takes the right to change it: they may ask for that, and change nothing.
CREATE POLICY own_records_only_update ON organizations AS RESTRICTIVE FOR UPDATE TO app
    USING (true)
    WITH CHECK (CASE WHEN own_client_id() IS NULL THEN true ELSE false END);
CREATE POLICY own_records_only_insert ON organizations AS RESTRICTIVE FOR INSERT TO app
    WITH CHECK (CASE WHEN own_client_id() IS NULL THEN true ELSE false END);

-- Flags that nothing went by are gone.
ALTER TABLE feature_flags NO FORCE ROW LEVEL SECURITY;  -- or its owner finds nothing to delete
DELETE FROM feature_flags WHERE name <> 'client_portal';
ALTER TABLE feature_flags FORCE ROW LEVEL SECURITY;
