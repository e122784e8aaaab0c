SET lock_timeout = '5s';

-- What a firm has chosen; no row means that it has chosen nothing yet.
CREATE TABLE organization_settings (
    organization_id uuid PRIMARY KEY REFERENCES organizations,
    cloud_reading boolean NOT NULL DEFAULT false,
    cloud_reading_fallback boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 0,
    changed_at timestamptz NOT NULL DEFAULT now()
);
SELECT tenant_table('organization_settings');
