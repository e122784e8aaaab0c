SET lock_timeout = '5s';

-- How somebody signs in is nobody's record, and is kept for as long as some firm knows them.
CREATE FUNCTION forget_identity() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM identities AS i
    WHERE i.id = OLD.identity_id
      AND NOT EXISTS (SELECT FROM users AS u WHERE u.identity_id = i.id);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION forget_identity FROM PUBLIC;
GRANT DELETE ON identities TO directory;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION forget_identity OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;
CREATE TRIGGER forget_identity AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION forget_identity();
