import Foundations
import JSON
import Signing

/// Which versions wait for their checks, which are being checked, and what was found of the last ones.
public struct CheckQueue: Sendable {
    public enum Phase: Sendable {
        case waiting, running
        /// The report as it is answered, and its envelope; nil where nothing was signed.
        case done(report: JSONValue, attestation: JSONValue?)
    }

    /// The check of one version.
    public struct Job: Sendable {
        /// The exact version: `namespace/name@1.2.0`.
        public let reference: String
        /// Of the version: 64 hexadecimal digits.
        public let digest: String
        public let budget: Duration
        public fileprivate(set) var phase = Phase.waiting
        public fileprivate(set) var progress: CheckProgress?

        public init(reference: String, digest: String, budget: Duration) {
            self.reference = reference
            self.digest = digest
            self.budget = budget
        }

        /// A check whose signed report was kept.
        ///
        /// - Parameter envelope: As JSON.
        /// - Throws: What reading it throws.
        public init(reference: String, digest: String, kept envelope: [UInt8]) throws(Failure) {
            self.init(reference: reference, digest: digest, budget: .zero)
            let envelope = try Envelope(parsing: envelope)
            phase = .done(report: try Statement(parsing: envelope.payload).predicate, attestation: envelope.json)
        }

        public var isOver: Bool { if case .done = phase { true } else { false } }

        /// What has become of it, without the report.
        public var summary: JSONObject {
            var members: JSONObject = [
                "environment": .string(reference), "digest": .string("sha256:\(digest)"), "state": .string(state),
            ]
            if let progress, !isOver {
                members["step"] = .string(progress.step)
                members["fraction"] = .number(progress.fraction)
            }
            if case .done(let report, _) = phase { members["verdict"] = report["verdict"] ?? .null }
            return members
        }

        public var json: JSONValue {
            var members = summary
            if case .done(let report, let attestation) = phase {
                members["report"] = report
                members["attestation"] = attestation
            }
            return .object(members)
        }

        private var state: String {
            switch phase {
            case .waiting: "waiting"
            case .running: "running"
            case .done: "done"
            }
        }
    }

    /// How many run at once.
    public let slots: Int
    /// How many may wait.
    public let waitingLimit: Int
    /// How many versions' last checks are kept.
    public let keptLimit: Int
    private var jobs: [String: Job] = [:]
    /// Digests, in the order in which they are checked.
    private var waiting: [String] = []
    private var running: Set<String> = []
    /// Digests, the oldest first.
    private var over: [String] = []

    public init(slots: Int, waitingLimit: Int = 64, keptLimit: Int = 1024) {
        self.slots = slots
        self.waitingLimit = waitingLimit
        self.keptLimit = keptLimit
    }

    public subscript(digest: String) -> Job? { jobs[digest] }

    /// Whether another job can wait.
    public var hasRoom: Bool { waiting.count < waitingLimit }
    public var isIdle: Bool { waiting.isEmpty && running.isEmpty }

    /// Lets a version wait for its check, or finds the check of it that waits or runs.
    ///
    /// - Throws: `resource_exhausted`.
    public mutating func add(_ job: Job) throws(Failure) -> Job {
        if let known = jobs[job.digest], !known.isOver { return known }
        guard hasRoom else {
            throw Failure(.resourceExhausted, "\(waiting.count) checks are waiting already", next: "try again later")
        }
        over.removeAll { $0 == job.digest }
        jobs[job.digest] = job
        waiting.append(job.digest)
        return job
    }

    /// The check to begin now; nil where none waits or all slots are taken.
    public mutating func next() -> Job? {
        guard running.count < slots, !waiting.isEmpty else { return nil }
        let digest = waiting.removeFirst()
        running.insert(digest)
        jobs[digest]?.phase = .running
        return jobs[digest]
    }

    public mutating func progressed(_ digest: String, _ progress: CheckProgress) {
        if running.contains(digest) { jobs[digest]?.progress = progress }
    }

    public mutating func finish(_ digest: String, report: JSONValue, attestation: JSONValue?) {
        guard running.remove(digest) != nil else { return }
        jobs[digest]?.phase = .done(report: report, attestation: attestation)
        over.append(digest)
        if over.count > keptLimit { jobs[over.removeFirst()] = nil }
    }
}
