-- What servers keep for a while and no record is: who is signed in, what waits to be signed, how often
-- somebody tried. Several processes serve one address, and each must know at once what another one did.
-- UNLOGGED: none of it goes into the log that is archived, nor to a replica; after a crash of the
-- database it is empty, and everybody signs in again.

CREATE UNLOGGED TABLE cloakroom (
    room     text COLLATE "C" NOT NULL,
    key      bytea NOT NULL CHECK (length(key) <= 64),
    owner    text COLLATE "C" NOT NULL,
    value    bytea NOT NULL,
    until_us bigint NOT NULL,
    number   bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (room, key)
);
CREATE INDEX cloakroom_of_owner ON cloakroom (room, owner, number);
CREATE INDEX cloakroom_by_end ON cloakroom (until_us);

GRANT SELECT, INSERT, UPDATE, DELETE ON cloakroom TO rafiqa_office;
ALTER TABLE cloakroom ENABLE ROW LEVEL SECURITY;
ALTER TABLE cloakroom FORCE ROW LEVEL SECURITY;
CREATE POLICY of_office ON cloakroom USING (whose() = '*');
