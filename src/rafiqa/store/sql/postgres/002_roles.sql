-- Who may what. The office works as `rafiqa_office`, which owns nothing and is no superuser. A
-- reader of another kind (a mirror, a report tool) works as `rafiqa_reader` and sees what its
-- organisation recorded; where nobody says which that is, nothing.
-- The roles belong to the whole cluster, and several stores in it share them.

DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'rafiqa_office') THEN
        CREATE ROLE rafiqa_office NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'rafiqa_reader') THEN
        CREATE ROLE rafiqa_reader NOLOGIN NOSUPERUSER NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another store was made at the same moment
END $$;

-- Whoever made the store works as the office, and nobody else unless they are told so by a GRANT.
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'rafiqa_office', 'MEMBER') THEN
        EXECUTE format('GRANT rafiqa_office TO %I', current_user);
    END IF;
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA rafiqa TO rafiqa_office, rafiqa_reader;
GRANT SELECT, INSERT ON entries, blobs, quarantine, erased, barred TO rafiqa_office;
GRANT SELECT, INSERT, DELETE ON bodies TO rafiqa_office;
GRANT SELECT, UPDATE ON log_end TO rafiqa_office;
GRANT SELECT, INSERT, UPDATE ON settings, attachments TO rafiqa_office;
GRANT SELECT, INSERT, UPDATE, DELETE ON attachment_parts TO rafiqa_office;
GRANT SELECT ON migrations TO rafiqa_office;
GRANT SELECT ON entries TO rafiqa_reader;

-- An office is the whole store, and says so in each transaction. FORCE holds the owner to it too.
CREATE FUNCTION whose() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT coalesce(current_setting('rafiqa.organisation', true), '') $$;

ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
CREATE POLICY entries_of_whom ON entries
    USING (whose() = '*' OR whose() = organisation)
    WITH CHECK (whose() = '*');

DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['bodies', 'erased', 'blobs', 'quarantine', 'settings',
                                'attachments', 'attachment_parts']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', kept);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', kept);
        EXECUTE format('CREATE POLICY of_office ON %I USING (whose() = ''*'')', kept);
    END LOOP;
END $$;
