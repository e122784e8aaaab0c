SET lock_timeout = '5s';

-- When somebody last came with a session that was over. Until nobody does, it is remembered: a
-- session that is forgotten begins anew.
ALTER TABLE user_sessions ADD refused_at timestamptz;
CREATE INDEX user_sessions_by_last_use
    ON user_sessions (greatest(last_seen_at, ended_at, refused_at), organization_id);

-- The newest of each person stays, so that a device is known to be new however long they were away.
GRANT SELECT (id, organization_id, user_id, started_at, last_seen_at, ended_at, refused_at)
    ON user_sessions TO directory;
CREATE POLICY directory_may_look ON user_sessions FOR SELECT TO directory USING (true);
CREATE FUNCTION organizations_with_old_sessions() RETURNS TABLE (organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT s.organization_id
    FROM user_sessions AS s
    WHERE greatest(s.last_seen_at, s.ended_at, s.refused_at) < now() - interval '90 days'
      AND EXISTS (
          SELECT FROM user_sessions AS later
          WHERE later.organization_id = s.organization_id AND later.user_id = s.user_id
            AND (later.started_at, later.id) > (s.started_at, s.id))
$$;
REVOKE EXECUTE ON FUNCTION organizations_with_old_sessions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organizations_with_old_sessions TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION organizations_with_old_sessions OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
