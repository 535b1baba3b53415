-- Sealed: what came lies elsewhere, encrypted, and another picture stands in its place here. Both
-- change in one transaction: of each picture that came whole something is shown at any time.
CREATE TABLE stand_ins (
    sha256 TEXT PRIMARY KEY REFERENCES attachments (sha256),
    shared TEXT NOT NULL REFERENCES attachments (sha256) CHECK (shared <> sha256)
) STRICT;

CREATE INDEX stand_ins_by_shared ON stand_ins (shared);
