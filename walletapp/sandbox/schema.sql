-- The sandbox's tables. Times are milliseconds of the sandbox's clock; amounts are integers of minor units.
-- What is searched, moved or guarded is a column; the rest of a resource is its JSON `doc`.

CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, expires_at INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
    email TEXT,
    external_id TEXT,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS wallets (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers,
    address TEXT NOT NULL UNIQUE,
    asset TEXT NOT NULL,
    chain TEXT NOT NULL,
    balance_minor INTEGER NOT NULL DEFAULT 0 CHECK (balance_minor >= 0),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS wallets_by_customer ON wallets (customer_id);

CREATE TABLE IF NOT EXISTS quotes (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers,
    accepted INTEGER NOT NULL DEFAULT 0,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS transactions (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL CHECK (type IN ('cryptoToCrypto', 'fiatToCrypto', 'cryptoToFiat')),
    status TEXT NOT NULL CHECK (status IN ('processing', 'cashPickupReady', 'completed', 'failed')),
    quote_id TEXT,
    sender_customer_id TEXT,
    recipient_customer_id TEXT,
    source_wallet_id TEXT REFERENCES wallets,
    destination_wallet_id TEXT REFERENCES wallets,
    cash_in_id TEXT,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS transactions_newest ON transactions (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS transactions_by_quote ON transactions (quote_id);
CREATE INDEX IF NOT EXISTS transactions_by_source ON transactions (source_wallet_id);
CREATE INDEX IF NOT EXISTS transactions_by_destination ON transactions (destination_wallet_id);
CREATE TRIGGER IF NOT EXISTS final_states_are_final BEFORE UPDATE OF status ON transactions
    WHEN OLD.status IN ('completed', 'failed') AND NEW.status <> OLD.status
BEGIN SELECT RAISE(ABORT, 'a final transaction does not change'); END;

-- One row for every movement that was executed, once, with the caller's own references. Append-only.
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    transaction_id TEXT,
    quote_id TEXT,
    partner_transaction_id INTEGER,
    metadata TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    asset TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE TRIGGER IF NOT EXISTS journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- One row for every change of a wallet's balance; their sum per wallet is the balance.
CREATE TABLE IF NOT EXISTS postings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    wallet_id TEXT NOT NULL REFERENCES wallets,
    delta_minor INTEGER NOT NULL,
    reason TEXT NOT NULL,
    transaction_id TEXT,
    tx_hash TEXT,
    at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS postings_by_wallet ON postings (wallet_id);

CREATE TABLE IF NOT EXISTS cash_ins (
    id TEXT PRIMARY KEY,
    customer_id TEXT NOT NULL REFERENCES customers,
    status TEXT NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'expired')),
    code TEXT NOT NULL UNIQUE,
    barcode TEXT NOT NULL UNIQUE,
    code_expires_at INTEGER NOT NULL,
    transaction_id TEXT REFERENCES transactions,
    paid_minor INTEGER,
    paid_at INTEGER,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS cash_ins_newest ON cash_ins (created_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS cash_ins_paid ON cash_ins (customer_id, paid_at);

CREATE TABLE IF NOT EXISTS counter_authorisations (
    id TEXT PRIMARY KEY,
    cash_in_id TEXT NOT NULL REFERENCES cash_ins,
    amount_minor INTEGER NOT NULL,
    committed INTEGER NOT NULL DEFAULT 0
);

-- Early-access resources: virtual accounts, deposit addresses, external accounts.
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY,
    object TEXT NOT NULL,
    customer_id TEXT NOT NULL REFERENCES customers,
    doc TEXT NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    secret TEXT NOT NULL,
    compliance_only INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS sequences (resource_id TEXT PRIMARY KEY, last INTEGER NOT NULL);

CREATE TABLE IF NOT EXISTS deliveries (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    event TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    body BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'dropped')),
    copies_left INTEGER NOT NULL DEFAULT 1,
    held INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (status, next_attempt_at);
CREATE INDEX IF NOT EXISTS deliveries_newest ON deliveries (created_at DESC, id DESC);

CREATE TABLE IF NOT EXISTS attempts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    delivery_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    error TEXT,
    milliseconds INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery_id);

-- What will happen by itself later; one row per kind and subject.
CREATE TABLE IF NOT EXISTS jobs (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due_at);

CREATE TABLE IF NOT EXISTS rules (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    doc TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    fired INTEGER NOT NULL DEFAULT 0
);
