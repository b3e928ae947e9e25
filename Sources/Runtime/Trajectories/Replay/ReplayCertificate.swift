import Digest
import Foundations
import JSON
import Sessions
import Signing

/// That a version, its parameters, a seed and calls give exactly one sequence of observations and rewards: that which
/// has this trajectory hash.
public struct ReplayCertificate: Sendable, Equatable {
    public static let predicateType = "urn:corral:replay-certificate:1"

    public var trajectory: UniqueID
    public var environment: String
    /// Of the version: `sha256:…`.
    public var digest: String
    public var instance: String?
    public var parameters: JSONObject
    public var seed: Int64?
    /// Of a vector session.
    public var rows: RowsOffer?
    public var records: Int
    public var hash: Digest32
    public var calls: CallScript
    /// How the replay that was made for it was run.
    public var backend: String
    public var program: String
    public var time: String

    public init(
        _ header: TrajectoryHeader, hash: Digest32, records: Int, calls: CallScript, backend: String, program: String,
        time: Timestamp = .now
    ) {
        trajectory = header.id
        environment = header.reference
        digest = header.digest
        instance = header.instance
        parameters = header.parameters
        (seed, rows) = (header.seed, header.rows)
        self.records = records
        self.hash = hash
        self.calls = calls
        self.backend = backend
        self.program = program
        self.time = time.rfc3339
    }

    public func statement() throws(Failure) -> Statement {
        var predicate: JSONObject = [
            "trajectory": .string("\(trajectory)"), "environment": .string(environment), "digest": .string(digest),
            "instance": instance.map(JSONValue.string) ?? .null, "params": .object(parameters),
            "seed": seed.map(JSONValue.integer) ?? .null, "records": .integer(Int64(records)),
            "trajectory_hash": .string(hash.hex), "calls_digest": .string("sha256:\(calls.digest.hex)"),
            "calls": .string(try calls.packed()), "backend": .string(backend), "program": .string(program),
            "replayed_at": .string(time),
        ]
        if let rows {
            predicate["rows"] = .integer(Int64(rows.count))
            predicate["autoreset"] = .string(rows.autoreset)
        }
        return Statement(
            about: [
                .init(name: "trajectory/\(trajectory)", sha256: hash),
                .init(name: environment, digests: ["sha256": String(digest.drop { $0 != ":" }.dropFirst())]),
            ], predicateType: Self.predicateType, predicate: .object(predicate))
    }

    /// - Throws: `invalid_argument` where the statement is no certificate, or contradicts itself.
    public init(_ statement: Statement) throws(Failure) {
        guard statement.predicateType == Self.predicateType else {
            throw Failure(
                .invalidArgument, "this is no replay certificate but `\(statement.predicateType.prefix(100))`")
        }
        let predicate = statement.predicate
        guard let trajectory = predicate["trajectory"]?.string.flatMap({ UniqueID($0) }),
            let environment = predicate["environment"]?.string, let digest = predicate["digest"]?.string,
            let parameters = predicate["params"]?.object,
            let records = predicate["records"]?.integer.flatMap({ Int(exactly: $0) }), records >= 0,
            let hash = predicate["trajectory_hash"]?.string.flatMap({ Digest32(hex: $0) }),
            let packed = predicate["calls"]?.string, let backend = predicate["backend"]?.string,
            let program = predicate["program"]?.string, let time = predicate["replayed_at"]?.string
        else { throw Failure(.invalidArgument, "the certificate is not complete") }
        self.trajectory = trajectory
        self.environment = environment
        self.digest = digest
        instance = predicate["instance"]?.string
        self.parameters = parameters
        seed = predicate["seed"]?.integer
        rows = try RowsOffer(recorded: predicate)
        (self.records, self.hash, self.backend, self.program, self.time) = (records, hash, backend, program, time)
        calls = try CallScript(packed: packed)
        guard predicate["calls_digest"]?.string == "sha256:\(calls.digest.hex)", statement.isAbout(sha256: hash) else {
            throw Failure(.invalidArgument, "the certificate contradicts itself")
        }
    }

    /// Whether a trajectory is the one that it certifies.
    public func certifies(_ file: TrajectoryFile) throws(Failure) -> Bool {
        try file.lastLink() == hash && file.header.digest == digest && file.header.seed == seed
            && file.header.instance == instance && file.header.parameters == parameters
    }
}
