-- Keeping: what may be forgotten, what comes in parts, and a proof beside every setting.

-- A body and its salt may go only when an entry of the ledger says so, and which one said it
-- stays. The header stays for ever, so the chain proves itself without them.
CREATE TABLE erased (
    seq    INTEGER PRIMARY KEY REFERENCES entries (seq),
    by_seq INTEGER NOT NULL REFERENCES entries (seq) CHECK (by_seq > seq)
) STRICT;

CREATE TRIGGER erased_on_record BEFORE INSERT ON erased
WHEN NOT EXISTS (SELECT 1 FROM entries WHERE seq = NEW.by_seq AND kind = 'entry.erased')
BEGIN SELECT raise(ABORT, 'only an entry of the ledger erases'); END;
CREATE TRIGGER erased_stay BEFORE UPDATE ON erased
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER erased_remain BEFORE DELETE ON erased
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

DROP TRIGGER bodies_remain;
CREATE TRIGGER bodies_remain BEFORE DELETE ON bodies
WHEN NOT EXISTS (SELECT 1 FROM erased WHERE seq = OLD.seq)
BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

-- Attachments come in parts of 262,144 bytes, in any order, over days. `state` is 0 while
-- parts are missing, 1 when the whole was there and its hash was right, 2 when it was erased.
CREATE TABLE attachments (
    sha256  TEXT    PRIMARY KEY,
    n_bytes INTEGER NOT NULL CHECK (n_bytes > 0),
    state   INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2))
) STRICT;

CREATE TABLE attachment_parts (
    sha256  TEXT    NOT NULL REFERENCES attachments (sha256),
    number  INTEGER NOT NULL CHECK (number >= 0),
    digest  BLOB    NOT NULL CHECK (length(digest) = 32),
    content BLOB    NOT NULL,
    PRIMARY KEY (sha256, number)
) STRICT;

-- What was put before this has no digest until it is put again.
ALTER TABLE settings ADD COLUMN digest BLOB;

CREATE INDEX attachments_missing ON attachments (sha256) WHERE state = 0;

-- What makes two items one leaves their time out; this digest covers it.
ALTER TABLE quarantine ADD COLUMN time_digest BLOB;
