-- What follows from the raw tables. `rebuild` empties every table of this file and fills it again.

CREATE TABLE openings (
    batch INTEGER PRIMARY KEY REFERENCES batches (idx),  -- the batch
    attempts INTEGER NOT NULL,      -- counted before each attempt, so that a crash is counted too
    done INTEGER NOT NULL           -- 1 once opened or set aside
) STRICT;
CREATE INDEX openings_begun ON openings (batch) WHERE done = 0;

CREATE TABLE quarantine (
    batch INTEGER PRIMARY KEY REFERENCES batches (idx),  -- a batch that cannot be opened
    reason TEXT NOT NULL            -- why, one of the words in derive/open.rs
) STRICT;

CREATE TABLE rejected (
    batch INTEGER NOT NULL REFERENCES batches (idx),     -- the batch the record came in
    position INTEGER NOT NULL,      -- the record's place in the batch, from 0
    reason TEXT NOT NULL,           -- why it was not taken, one of the words in derive/admit.rs
    PRIMARY KEY (batch, position)
) STRICT;

CREATE TABLE measurements (
    number INTEGER PRIMARY KEY,     -- no meaning; keeps the table in the order of opening
    id BLOB NOT NULL UNIQUE,        -- SHA-256 of the record's bytes
    batch INTEGER NOT NULL REFERENCES batches (idx),     -- the first batch that holds it
    credential BLOB NOT NULL,       -- the agent's or the control's public key
    country TEXT,                   -- the control's country; null for an agent's measurement
    target TEXT NOT NULL,           -- what was tested
    hour INTEGER NOT NULL,          -- when it was begun
    day INTEGER NOT NULL,           -- the Kazakh day that holds the hour
    snapshot BLOB NOT NULL,         -- the snapshot that it was made by
    asn INTEGER,                    -- its network; null when unknown or when the agent names another
    control BLOB,                   -- the fresh control that it names
    ordered INTEGER NOT NULL,       -- 1 when its blocks follow the drawn order
    void INTEGER NOT NULL,          -- 1 when its own run's checks found it at fault
    record BLOB NOT NULL            -- the record's bytes, zstd
) STRICT;
CREATE INDEX measurements_cell ON measurements (day, target);
CREATE INDEX measurements_list ON measurements (hour DESC, id);
CREATE INDEX measurements_target ON measurements (target, hour DESC, id);
CREATE INDEX measurements_agent ON measurements (credential, day);
CREATE INDEX measurements_named ON measurements (control) WHERE control IS NOT NULL;
CREATE INDEX measurements_controls ON measurements (target, hour) WHERE country IS NOT NULL;
CREATE INDEX measurements_recent ON measurements (hour) WHERE country IS NOT NULL;

CREATE TABLE measured_days (
    day INTEGER PRIMARY KEY,        -- a day with measurements
    newest INTEGER NOT NULL         -- the last batch with one of them
) STRICT;

CREATE TABLE dirty (
    day INTEGER NOT NULL,           -- a day
    target TEXT NOT NULL,           -- a target whose measurements of that day must be judged again
    PRIMARY KEY (day, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE dirty_days (
    day INTEGER PRIMARY KEY         -- a day whose cells must be graded again
) STRICT;

CREATE TABLE verdicts (
    measurement BLOB PRIMARY KEY,   -- the measurement's id
    day INTEGER NOT NULL,           -- its day
    target TEXT NOT NULL,           -- its target
    state TEXT NOT NULL,            -- the headline's state
    layer TEXT,                     -- the headline's layer, where it is about one
    rule TEXT NOT NULL,             -- the headline's rule
    screen TEXT NOT NULL,           -- what its screen counts as
    counted INTEGER NOT NULL,       -- 1 when it enters its cell
    control BLOB,                   -- the control it was judged against
    broke INTEGER NOT NULL,         -- 1 when its agent broke a block's drawn order on the day
    body TEXT NOT NULL              -- the whole verdict, JSON
) STRICT;
CREATE INDEX verdicts_cell ON verdicts (day, target);
CREATE INDEX verdicts_state ON verdicts (state);

CREATE TABLE blocks (
    measurement BLOB NOT NULL,      -- the measurement that holds it
    day INTEGER NOT NULL,           -- its day
    target TEXT NOT NULL,           -- its target
    channel TEXT NOT NULL,          -- site or beacon
    layer TEXT NOT NULL,            -- tls or http
    round INTEGER NOT NULL,         -- which of the agent's blocks in the hour
    named_failed INTEGER NOT NULL,  -- attempts with the target's name that failed, of three
    neutral_failed INTEGER NOT NULL -- attempts with the neutral name that failed, of three
) STRICT;
CREATE INDEX blocks_measurement ON blocks (measurement);
CREATE INDEX blocks_cell ON blocks (day, target);

CREATE TABLE artefacts (
    measurement BLOB NOT NULL,      -- the measurement that was shown it
    day INTEGER NOT NULL,           -- its day
    target TEXT NOT NULL,           -- its target
    certificate BLOB NOT NULL,      -- SHA-256 of the certificate
    authority TEXT NOT NULL,        -- the listed authority's id
    subject TEXT NOT NULL,          -- the certificate's subject
    issuer TEXT NOT NULL            -- the certificate's issuer
) STRICT;
CREATE INDEX artefacts_measurement ON artefacts (measurement);
CREATE INDEX artefacts_cell ON artefacts (day, target);

CREATE TABLE cells (
    day INTEGER NOT NULL,           -- the day
    target TEXT NOT NULL,           -- the target
    asn INTEGER NOT NULL,           -- the network
    body TEXT NOT NULL,             -- what each agent contributed, JSON of derive/cells.rs
    PRIMARY KEY (day, target, asn)
) STRICT, WITHOUT ROWID;

CREATE TABLE abroad (
    day INTEGER NOT NULL,           -- the day
    target TEXT NOT NULL,           -- the target
    countries INTEGER NOT NULL,     -- countries in which a control reached it
    ok INTEGER NOT NULL,            -- controls' measurements that reached it
    failed INTEGER NOT NULL,        -- controls' measurements that did not
    PRIMARY KEY (day, target)
) STRICT, WITHOUT ROWID;

CREATE TABLE grades (
    day INTEGER NOT NULL,           -- the day
    target TEXT NOT NULL,           -- the target
    asn INTEGER NOT NULL,           -- the network
    provider TEXT NOT NULL,         -- the provider that runs the network
    grade TEXT NOT NULL,            -- the grade's word
    site_e0 REAL NOT NULL,          -- e-value on the site's address, nobody set aside
    site_e1 REAL NOT NULL,          -- the same, one line set aside
    site_e2 REAL NOT NULL,          -- the same, two lines set aside
    beacon_e0 REAL NOT NULL,        -- e-value on the beacon, nobody set aside
    beacon_e1 REAL NOT NULL,        -- the same, one line set aside
    beacon_e2 REAL NOT NULL,        -- the same, two lines set aside
    bar REAL NOT NULL,              -- the bar of the day's step
    f_star INTEGER,                 -- the most lines that can be set aside; null below the bar
    upper REAL,                     -- upper bound of the share of restricted lines, if reachable
    agents INTEGER NOT NULL,        -- agents that contributed
    prefixes INTEGER NOT NULL,      -- different prefixes among them
    site_blocks INTEGER NOT NULL,   -- confirm blocks on the site's address
    beacon_blocks INTEGER NOT NULL, -- confirm blocks on the beacon
    PRIMARY KEY (day, target, asn)
) STRICT, WITHOUT ROWID;

CREATE TABLE provider_cells (
    day INTEGER NOT NULL,           -- the day
    target TEXT NOT NULL,           -- the target
    provider TEXT NOT NULL,         -- the provider
    grade TEXT NOT NULL,            -- the strongest grade among its networks
    layer TEXT,                     -- the layer at which access fails, where it does
    rule TEXT,                      -- the rule that most failing measurements rest on
    screens INTEGER NOT NULL,       -- screens that count
    failed INTEGER NOT NULL,        -- screens of them that failed
    share REAL,                     -- share of failing screens; null below three lines
    low REAL,                       -- the lower end of its interval
    high REAL,                      -- the upper end of its interval
    agents INTEGER NOT NULL,        -- agents that contributed
    void INTEGER NOT NULL,          -- measurements set aside
    networks_so INTEGER NOT NULL,   -- networks with this grade
    networks INTEGER NOT NULL,      -- networks that were measured
    PRIMARY KEY (day, target, provider)
) STRICT, WITHOUT ROWID;
CREATE INDEX provider_cells_strip ON provider_cells (provider, target, day);

CREATE TABLE volunteers (
    day INTEGER NOT NULL,           -- the day
    asn INTEGER NOT NULL,           -- the network
    agents INTEGER NOT NULL,        -- agents on it with a measurement that counts
    PRIMARY KEY (day, asn)
) STRICT, WITHOUT ROWID;

CREATE TABLE days (
    day INTEGER PRIMARY KEY,        -- a day that was graded
    tested INTEGER NOT NULL         -- how many values its e-BH steps weighed together
) STRICT;

CREATE TABLE basis (
    digest BLOB NOT NULL            -- what else the tables of this file follow from: program, lists, roots
) STRICT;
