-- The ledger and what lies beside it, in PostgreSQL: the tables of the embedded store, column by
-- column, so that one set of statements serves both. Names are compared byte by byte.

CREATE TABLE entries (
    seq             bigint PRIMARY KEY,
    entry_id        text COLLATE "C" NOT NULL UNIQUE,
    kind            text COLLATE "C" NOT NULL,
    version         bigint NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    valid_at_us     bigint NOT NULL,
    recorded_at_us  bigint NOT NULL,
    actor           text COLLATE "C" NOT NULL,
    organisation    text COLLATE "C" NOT NULL,
    role            text COLLATE "C" NOT NULL,
    body_commitment bytea NOT NULL CHECK (length(body_commitment) = 32),
    request_digest  bytea NOT NULL CHECK (length(request_digest) = 32),
    prev_hash       bytea NOT NULL CHECK (length(prev_hash) = 32),
    entry_hash      bytea NOT NULL CHECK (length(entry_hash) = 32)
);
CREATE INDEX entries_of_subject ON entries (subject, seq);

CREATE TABLE bodies (
    seq  bigint PRIMARY KEY REFERENCES entries (seq),
    salt bytea NOT NULL CHECK (length(salt) = 16),
    body bytea NOT NULL
);

-- Where the log ends, written in the same transaction as the entries: a check can then see that
-- entries are missing at the end.
CREATE TABLE log_end (
    one        integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    seq        bigint NOT NULL,
    entry_hash bytea NOT NULL
);
INSERT INTO log_end (seq, entry_hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE blobs (
    sha256  text COLLATE "C" PRIMARY KEY,
    content bytea NOT NULL
);
-- Layers and papers are packed already.
ALTER TABLE blobs ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE quarantine (
    number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest        bytea NOT NULL UNIQUE,
    quarantine_id text COLLATE "C" NOT NULL,
    file_name     text COLLATE "C" NOT NULL,
    "row"         bigint,
    original      bytea NOT NULL,
    faults        bytea NOT NULL,
    at_us         bigint NOT NULL,
    actor         text COLLATE "C" NOT NULL,
    time_digest   bytea
);

CREATE TABLE settings (
    name   text COLLATE "C" PRIMARY KEY,
    value  bytea NOT NULL,
    digest bytea
);

CREATE TABLE erased (
    seq    bigint PRIMARY KEY REFERENCES entries (seq),
    by_seq bigint NOT NULL REFERENCES entries (seq) CHECK (by_seq > seq)
);

CREATE TABLE attachments (
    sha256  text COLLATE "C" PRIMARY KEY,
    n_bytes bigint NOT NULL CHECK (n_bytes > 0),
    state   integer NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2))
);
CREATE INDEX attachments_missing ON attachments (sha256) WHERE state = 0;

CREATE TABLE attachment_parts (
    sha256  text COLLATE "C" NOT NULL REFERENCES attachments (sha256),
    number  bigint NOT NULL CHECK (number >= 0),
    digest  bytea NOT NULL CHECK (length(digest) = 32),
    content bytea NOT NULL,
    PRIMARY KEY (sha256, number)
);
ALTER TABLE attachment_parts ALTER COLUMN content SET STORAGE EXTERNAL;

-- Why nothing may be written any more: what was restored is not what its witnesses saw.
CREATE TABLE barred (
    one       integer PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    code      text NOT NULL,
    entries   text NOT NULL,
    witnessed text NOT NULL
);

-- Against our own mistakes and against curious hands; the hash chain is what proves.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END $$;

CREATE FUNCTION entries_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM entries) THEN
        RAISE EXCEPTION 'entries follow one another without a gap'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
    FOR EACH ROW EXECUTE FUNCTION entries_in_order();

CREATE FUNCTION erased_on_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.by_seq AND kind = 'entry.erased') THEN
        RAISE EXCEPTION 'only an entry of the ledger erases'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER erased_on_record BEFORE INSERT ON erased
    FOR EACH ROW EXECUTE FUNCTION erased_on_record();

CREATE FUNCTION bodies_remain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM erased WHERE seq = OLD.seq) THEN
        RAISE EXCEPTION 'the ledger is append-only'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER bodies_remain BEFORE DELETE ON bodies
    FOR EACH ROW EXECUTE FUNCTION bodies_remain();

CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries
    FOR EACH ROW EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER entries_whole BEFORE TRUNCATE ON entries
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER bodies_stay BEFORE UPDATE ON bodies
    FOR EACH ROW EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER bodies_whole BEFORE TRUNCATE ON bodies
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER erased_stay BEFORE UPDATE OR DELETE ON erased
    FOR EACH ROW EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER erased_whole BEFORE TRUNCATE ON erased
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('the ledger is append-only');
CREATE TRIGGER quarantine_stays BEFORE UPDATE OR DELETE ON quarantine
    FOR EACH ROW EXECUTE FUNCTION refuse('what was refused is kept as it came');
CREATE TRIGGER quarantine_whole BEFORE TRUNCATE ON quarantine
    FOR EACH STATEMENT EXECUTE FUNCTION refuse('what was refused is kept as it came');
