SET lock_timeout = '5s';

-- Somebody who is signed out everywhere, and whoever left or was reinstated, signs in anew: a token
-- of a sign-in before that is refused, also one that we have never seen.
ALTER TABLE memberships ADD signed_out_at timestamptz;

-- Of an issuer that does not say which sign-in a token comes from.
ALTER TABLE user_sessions ADD is_lone boolean NOT NULL DEFAULT false;

DROP FUNCTION membership_of;
CREATE FUNCTION membership_of(the_issuer text, the_subject text)
RETURNS TABLE (
    organization_id uuid, user_id uuid, role text, client_id uuid,
    state text, signed_out_at timestamptz, organization_state text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.organization_id, u.id, m.role, m.client_id, m.state, m.signed_out_at, o.state
    FROM identities AS i
    JOIN users AS u ON u.identity_id = i.id
    JOIN memberships AS m ON m.organization_id = u.organization_id AND m.user_id = u.id
    JOIN organizations AS o ON o.id = u.organization_id
    WHERE i.issuer = the_issuer AND i.subject = the_subject
      AND m.state <> 'offboarded' AND o.state <> 'erased'
    ORDER BY u.organization_id
$$;
REVOKE EXECUTE ON FUNCTION membership_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION membership_of TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION membership_of OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
