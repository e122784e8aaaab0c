SET lock_timeout = '5s';

-- Who was shown the secret before; made_by was shown the one that an API key has now.
ALTER TABLE api_keys
    ADD COLUMN previous_by uuid,
    ADD FOREIGN KEY (organization_id, previous_by) REFERENCES users (organization_id, id);
