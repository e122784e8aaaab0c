SET lock_timeout = '5s';

-- A flag that was reset says nothing and keeps its row, for its versions go on.
ALTER TABLE feature_flags
    ALTER enabled DROP NOT NULL,
    ADD CHECK (enabled IS NOT NULL OR (expires_at IS NULL AND note IS NULL));
