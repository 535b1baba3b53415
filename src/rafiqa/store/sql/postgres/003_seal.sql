-- Sealed: what came lies elsewhere, encrypted, and another picture stands in its place here. Both
-- change in one transaction: of each picture that came whole something is shown at any time.
CREATE TABLE stand_ins (
    sha256 text COLLATE "C" PRIMARY KEY REFERENCES attachments (sha256),
    shared text COLLATE "C" NOT NULL REFERENCES attachments (sha256) CHECK (shared <> sha256)
);
CREATE INDEX stand_ins_by_shared ON stand_ins (shared);

GRANT SELECT, INSERT, DELETE ON stand_ins TO rafiqa_office;
ALTER TABLE stand_ins ENABLE ROW LEVEL SECURITY;
ALTER TABLE stand_ins FORCE ROW LEVEL SECURITY;
CREATE POLICY of_office ON stand_ins USING (whose() = '*');
