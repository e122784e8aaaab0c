SET lock_timeout = '5s';

-- Ids of what a request makes derive from its claim, which lives as long as its key does. A request
-- is told from another by a hash with the firm's key; those kept so far had none, and give a TIN
-- away to whoever tries them all.
TRUNCATE idempotency_keys;
ALTER TABLE idempotency_keys
    ADD claim_id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD UNIQUE (organization_id, claim_id);

-- A secret is named for the request that made it: that one may replace it, and ends no other.
ALTER TABLE api_keys ADD secret_id uuid;
