SET lock_timeout = '5s';

-- What a read document was when storage lost its upload: the same bytes make it that again.
ALTER TABLE document_processing
    ADD COLUMN state_when_lost text CHECK (state_when_lost IN ('accepted', 'needs_review')),
    ADD COLUMN code_when_lost text,
    ADD COLUMN detail_when_lost text,
    ADD COLUMN returned_at timestamptz;
