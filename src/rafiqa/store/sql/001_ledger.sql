-- The ledger and what lies beside it. Headers and bodies are apart: a header is for ever,
-- while a body and its salt may one day have to be erased (a later migration will say how).

CREATE TABLE entries (
    seq             INTEGER PRIMARY KEY,
    entry_id        TEXT    NOT NULL UNIQUE,
    kind            TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    subject         TEXT    NOT NULL,
    valid_at_us     INTEGER NOT NULL,
    recorded_at_us  INTEGER NOT NULL,
    actor           TEXT    NOT NULL,
    organisation    TEXT    NOT NULL,
    role            TEXT    NOT NULL,
    body_commitment BLOB    NOT NULL CHECK (length(body_commitment) = 32),
    request_digest  BLOB    NOT NULL CHECK (length(request_digest) = 32),
    prev_hash       BLOB    NOT NULL CHECK (length(prev_hash) = 32),
    entry_hash      BLOB    NOT NULL CHECK (length(entry_hash) = 32)
) STRICT;

CREATE INDEX entries_of_subject ON entries (subject, seq);

CREATE TABLE bodies (
    seq  INTEGER PRIMARY KEY REFERENCES entries (seq),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    body BLOB NOT NULL
) STRICT;

-- Where the log ends, written in the same transaction as the entries: a check of the file
-- can then see that entries are missing at the end.
CREATE TABLE log_end (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    seq        INTEGER NOT NULL,
    entry_hash BLOB    NOT NULL
) STRICT;
INSERT INTO log_end (one, seq, entry_hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE blobs (
    sha256  TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;

CREATE TABLE quarantine (
    number        INTEGER PRIMARY KEY,
    digest        BLOB    NOT NULL UNIQUE,
    quarantine_id TEXT    NOT NULL,
    file_name     TEXT    NOT NULL,
    row           INTEGER,
    original      BLOB    NOT NULL,
    faults        BLOB    NOT NULL,
    at_us         INTEGER NOT NULL,
    actor         TEXT    NOT NULL
) STRICT;

CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT;

-- Against our own mistakes and against curious hands; the hash chain is what proves.
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
BEGIN SELECT raise(ABORT, 'entries follow one another without a gap'); END;

CREATE TRIGGER entries_stay BEFORE UPDATE ON entries
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER bodies_stay BEFORE UPDATE ON bodies
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER bodies_remain BEFORE DELETE ON bodies
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER quarantine_stays BEFORE UPDATE ON quarantine
BEGIN SELECT raise(ABORT, 'what was refused is kept as it came'); END;
CREATE TRIGGER quarantine_remains BEFORE DELETE ON quarantine
BEGIN SELECT raise(ABORT, 'what was refused is kept as it came'); END;
