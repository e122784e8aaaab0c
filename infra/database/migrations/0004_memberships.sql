SET lock_timeout = '5s';

CREATE TABLE memberships (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN (
        'owner', 'admin', 'manager', 'senior_cpa', 'cpa', 'staff', 'intern', 'client')),
    client_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, user_id),
    CHECK ((role = 'client') = (client_id IS NOT NULL)),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id)
);
CREATE INDEX ON memberships (organization_id, client_id);
SELECT tenant_table('memberships');
GRANT SELECT ON memberships TO directory;
CREATE POLICY directory_may_look ON memberships FOR SELECT TO directory USING (true);

CREATE FUNCTION membership_of(the_issuer text, the_subject text)
RETURNS TABLE (organization_id uuid, user_id uuid, role text, client_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.organization_id, u.id, m.role, m.client_id
    FROM identities AS i
    JOIN users AS u ON u.identity_id = i.id
    JOIN memberships AS m ON m.organization_id = u.organization_id AND m.user_id = u.id
    WHERE i.issuer = the_issuer AND i.subject = the_subject
    ORDER BY u.organization_id
$$;
REVOKE EXECUTE ON FUNCTION membership_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION membership_of TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION membership_of OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
