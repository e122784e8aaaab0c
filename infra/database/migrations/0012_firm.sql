SET lock_timeout = '5s';

-- A firm begins with a trial of 30 days.
ALTER TABLE organizations
    ADD plan text NOT NULL DEFAULT 'trial'
        CHECK (plan IN ('trial', 'starter', 'professional', 'enterprise')),
    ADD plan_ends_at timestamptz DEFAULT now() + interval '30 days',
    ADD version integer NOT NULL DEFAULT 1,
    ADD changed_at timestamptz NOT NULL DEFAULT now(),
    ADD CHECK (plan <> 'trial' OR plan_ends_at IS NOT NULL);

ALTER TABLE memberships
    ADD practice_area text
        CHECK (practice_area IN ('tax', 'audit', 'advisory', 'bookkeeping', 'admin')),
    ADD skills text[] NOT NULL DEFAULT '{}',
    ADD weekly_hours integer CHECK (weekly_hours BETWEEN 0 AND 168),
    ADD version integer NOT NULL DEFAULT 1,
    ADD changed_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX members_by_time ON memberships (organization_id, created_at, user_id);
CREATE INDEX members_by_role ON memberships (organization_id, role, created_at, user_id);
CREATE INDEX members_by_state ON memberships (organization_id, state, created_at, user_id);
CREATE INDEX members_by_role_and_state
    ON memberships (organization_id, role, state, created_at, user_id);

-- An address is one person's, for as long as that person is with the firm.
ALTER TABLE users ADD left_at timestamptz;
ALTER TABLE users DROP CONSTRAINT users_organization_id_email_key;
CREATE UNIQUE INDEX users_by_email ON users (organization_id, lower(email)) WHERE left_at IS NULL;

-- It goes with its people when the firm is erased: nobody may delete from it.
CREATE TABLE offboardings (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL,
    successor_id uuid,
    attested_by uuid NOT NULL,
    statement text NOT NULL,
    handed_over jsonb NOT NULL,
    attested_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
        ON DELETE CASCADE,
    FOREIGN KEY (organization_id, successor_id) REFERENCES users (organization_id, id)
        ON DELETE CASCADE,
    FOREIGN KEY (organization_id, attested_by) REFERENCES users (organization_id, id)
        ON DELETE CASCADE
);
CREATE INDEX offboardings_of_user ON offboardings (organization_id, user_id, attested_at DESC);
SELECT tenant_table('offboardings', 'insert_only');

CREATE TABLE invitations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organization_id uuid NOT NULL REFERENCES organizations,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN (
        'owner', 'admin', 'manager', 'senior_cpa', 'cpa', 'staff', 'intern', 'client')),
    client_id uuid,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'revoked')),
    secret_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    invited_by uuid,
    accepted_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((role = 'client') = (client_id IS NOT NULL)),
    CHECK ((state = 'accepted') = (accepted_by IS NOT NULL)),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, invited_by) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, accepted_by) REFERENCES users (organization_id, id)
);
CREATE UNIQUE INDEX invitations_open ON invitations (organization_id, email) WHERE state = 'open';
CREATE INDEX invitations_newest ON invitations (organization_id, created_at DESC, id DESC);
CREATE INDEX invitations_by_state
    ON invitations (organization_id, state, created_at DESC, id DESC);
CREATE INDEX invitations_by_sender ON invitations (organization_id, invited_by);
CREATE INDEX invitations_by_secret ON invitations (secret_hash);
SELECT tenant_table('invitations');
GRANT SELECT ON invitations TO directory;
CREATE POLICY directory_may_look ON invitations FOR SELECT TO directory USING (true);

CREATE FUNCTION invitation_of(the_secret_hash bytea)
RETURNS TABLE (organization_id uuid, id uuid, role text, client_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.organization_id, i.id, i.role, i.client_id
    FROM invitations AS i
    WHERE i.secret_hash = the_secret_hash
$$;
REVOKE EXECUTE ON FUNCTION invitation_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invitation_of TO app;
GRANT CREATE ON SCHEMA public TO directory;  -- Postgres wants it for the next line only
ALTER FUNCTION invitation_of OWNER TO directory;
REVOKE CREATE ON SCHEMA public FROM directory;

-- What was chosen, and from when it holds. The changes that have come due, one laid over the
-- other, are what holds.
CREATE TABLE organization_settings_versions (
    organization_id uuid NOT NULL REFERENCES organizations,
    number integer NOT NULL CHECK (number > 0),
    effective_from timestamptz NOT NULL,
    changes jsonb NOT NULL,
    changed_by uuid,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, number),
    FOREIGN KEY (organization_id, changed_by) REFERENCES users (organization_id, id)
        ON DELETE CASCADE
);
ALTER TABLE organization_settings NO FORCE ROW LEVEL SECURITY;  -- or its owner moves nothing
INSERT INTO organization_settings_versions
    (organization_id, number, effective_from, changes, changed_at)
SELECT organization_id, 1, changed_at,
       jsonb_build_object('cloud_reading', cloud_reading,
                          'cloud_reading_fallback', cloud_reading_fallback),
       changed_at
FROM organization_settings;
DROP TABLE organization_settings;
SELECT tenant_table('organization_settings_versions', 'insert_only');

CREATE TABLE feature_flags (
    organization_id uuid NOT NULL REFERENCES organizations,
    name text NOT NULL,
    enabled boolean NOT NULL,
    expires_at timestamptz,
    note text,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, name)
);
SELECT tenant_table('feature_flags');

-- Who prepares, reviews and signs. Whoever prepares a return neither reviews nor signs it: with a
-- row for each person that is a rule for one row, which no race gets around.
CREATE TABLE engagement_roles (
    organization_id uuid NOT NULL REFERENCES organizations,
    engagement_id uuid NOT NULL,
    user_id uuid NOT NULL,
    roles text[] NOT NULL DEFAULT '{}' CHECK (roles <@ '{preparer,reviewer,partner}'),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, engagement_id, user_id),
    CONSTRAINT separation_of_duties
        CHECK (NOT (roles @> '{preparer}' AND roles && '{reviewer,partner}')),
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX engagement_roles_of_user ON engagement_roles (organization_id, user_id);
SELECT tenant_table('engagement_roles');
