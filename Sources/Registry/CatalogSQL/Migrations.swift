/// The tables of the catalog. A step that was released is never changed.
public enum CatalogMigrations {
    /// What differs between databases.
    public struct Dialect: Sendable {
        /// The type of a row's number that the database draws.
        public let identity: String
        public let blob: String
        /// What makes texts compare by their bytes.
        public let binary: String
        /// Statements that make what words are searched in.
        public let text: String
        /// Statements that let rows of the audit log be neither changed nor removed.
        public let appendOnly: String

        public init(identity: String, blob: String, binary: String, text: String, appendOnly: String) {
            self.appendOnly = appendOnly
            self.identity = identity
            self.blob = blob
            self.binary = binary
            self.text = text
        }
    }

    public static let name = "catalog"

    public static func steps(_ dialect: Dialect) -> [String] {
        steps.map { step in
            var step = step
            for (word, text) in [
                ("{identity}", dialect.identity), ("{blob}", dialect.blob), ("{text}", dialect.text),
                ("{binary}", dialect.binary), ("{append_only}", dialect.appendOnly),
            ] {
                step = step.split(separator: word, omittingEmptySubsequences: false).joined(separator: text)
            }
            return step
        }
    }

    private static let steps = [
        """
        CREATE TABLE namespace_owners (
            namespace TEXT NOT NULL, owner TEXT NOT NULL, added_at BIGINT NOT NULL, added_by TEXT NOT NULL,
            PRIMARY KEY (namespace, owner)
        );
        CREATE TABLE environments (
            id {identity},
            name TEXT{binary} NOT NULL UNIQUE,
            namespace TEXT NOT NULL,
            metadata TEXT NOT NULL,
            created_at BIGINT NOT NULL, created_by TEXT NOT NULL, updated_at BIGINT NOT NULL,
            summary TEXT, is_offered BIGINT NOT NULL DEFAULT 0,
            reward_least DOUBLE PRECISION, reward_greatest DOUBLE PRECISION
        );
        CREATE INDEX environments_updated ON environments (updated_at, name);
        CREATE INDEX environments_created ON environments (created_at, name);
        CREATE TABLE versions (
            id {identity},
            environment BIGINT NOT NULL REFERENCES environments (id),
            version TEXT NOT NULL,
            precedence TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            bundle TEXT NOT NULL, bundle_size BIGINT NOT NULL,
            document TEXT NOT NULL,
            state TEXT NOT NULL, state_detail TEXT,
            published_at BIGINT NOT NULL, published_by TEXT NOT NULL,
            UNIQUE (environment, precedence)
        );
        CREATE INDEX versions_state ON versions (state, id);
        CREATE TABLE gymnasium_ids (
            gymnasium TEXT NOT NULL, version BIGINT NOT NULL REFERENCES versions (id), PRIMARY KEY (gymnasium, version)
        );
        CREATE TABLE aliases (
            environment BIGINT NOT NULL REFERENCES environments (id), alias TEXT NOT NULL, version TEXT NOT NULL,
            PRIMARY KEY (environment, alias)
        );
        CREATE TABLE history (
            id {identity},
            environment BIGINT NOT NULL REFERENCES environments (id), version TEXT,
            happened_at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, reason TEXT NOT NULL,
            details TEXT NOT NULL
        );
        CREATE INDEX history_environment ON history (environment, id);
        CREATE TABLE attestations (
            id {identity},
            digest TEXT NOT NULL REFERENCES versions (digest), kind TEXT NOT NULL, result TEXT NOT NULL,
            envelope {blob} NOT NULL, envelope_digest TEXT NOT NULL,
            created_at BIGINT NOT NULL, created_by TEXT NOT NULL,
            UNIQUE (digest, kind, envelope_digest)
        );
        CREATE TABLE listing_terms (
            environment BIGINT NOT NULL REFERENCES environments (id), facet TEXT NOT NULL, value TEXT NOT NULL,
            PRIMARY KEY (environment, facet, value)
        );
        CREATE INDEX listing_terms_value ON listing_terms (facet, value, environment);
        {text}
        """,
        """
        CREATE TABLE access_keys (
            id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE,
            caller TEXT NOT NULL, tenant TEXT NOT NULL, wish TEXT NOT NULL,
            created_at BIGINT NOT NULL, created_by TEXT NOT NULL,
            revoked_at BIGINT, revoked_by TEXT, revoked_because TEXT,
            change BIGINT NOT NULL UNIQUE
        );
        CREATE TABLE audit (
            sequence BIGINT PRIMARY KEY, happened_at BIGINT NOT NULL, actor TEXT NOT NULL, access_key TEXT,
            action TEXT NOT NULL, object TEXT NOT NULL, outcome TEXT NOT NULL, details TEXT NOT NULL,
            previous TEXT NOT NULL, hash TEXT NOT NULL
        );
        {append_only}
        """,
        """
        ALTER TABLE versions ADD COLUMN review_round BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE versions ADD COLUMN submitted_by TEXT;
        UPDATE versions SET review_round = 1, submitted_by = published_by
            WHERE state IN ('submitted', 'in_review', 'rejected', 'approved');
        """,
    ]
}
