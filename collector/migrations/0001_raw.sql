-- What came from outside and what was decided once: appended to, never rewritten, never rebuilt.

CREATE TABLE batches (
    idx INTEGER PRIMARY KEY,        -- place in the order of intake, from 0
    id BLOB NOT NULL UNIQUE,        -- SHA-256 of body: sending again is recognised by it
    body BLOB NOT NULL,             -- the envelope, byte for byte as it was received
    asn INTEGER,                    -- network of the connecting address; null when unknown
    bucket INTEGER NOT NULL,        -- 16-bit code of its prefix under a key that lived one day
    hour INTEGER NOT NULL,          -- hour of intake, since 1970 in UTC
    receipt TEXT NOT NULL           -- the signed receipt, byte for byte as it was answered
) STRICT;

CREATE TABLE snapshots (
    number INTEGER PRIMARY KEY,     -- order of issue
    digest BLOB NOT NULL UNIQUE,    -- SHA-256 of the signed JSON text: measurements name it
    issued INTEGER NOT NULL,        -- when, in seconds since 1970 in UTC
    signed BLOB NOT NULL            -- the signed text as handed out, zstd
) STRICT;

CREATE TABLE closings (
    day INTEGER NOT NULL,           -- Kazakh calendar day, since 1970-01-01
    revision INTEGER NOT NULL,      -- 0 the first and only test at 5 %; later ones are second looks
    through INTEGER NOT NULL,       -- the last batch that counts in it
    hour INTEGER NOT NULL,          -- when it was closed
    PRIMARY KEY (day, revision)
) STRICT;
