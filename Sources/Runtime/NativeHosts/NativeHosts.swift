import Foundations
import JSON
import Reactor
import Sessions
import VectorEnvironments

/// Makes session hosts that are environments of this process.
@Reactor
public final class NativeHosts: SessionHostSource {
    public struct Limits: Sendable {
        /// Of one session.
        public var rows: Int
        /// Of all sessions together: what bounds their memory.
        public var totalRows: Int

        public init(rows: Int, totalRows: Int) {
            self.rows = rows
            self.totalRows = totalRows
        }
    }

    private let registry: EnvironmentRegistry
    private let limits: Limits
    private let budget: RowBudget
    private var isShutDown = false

    public init(registry: EnvironmentRegistry, limits: Limits) {
        self.registry = registry
        self.limits = limits
        budget = RowBudget(capacity: limits.totalRows)
    }

    public func open(_ plan: LaunchPlan, session: UniqueID) async throws(Failure) -> any SessionHost {
        guard case .native(let launch) = plan.launch else {
            throw Failure(.internal, "\(plan.reference) is no native environment")
        }
        guard !isShutDown else { throw Failure(.unavailable, "the server is stopping") }
        let request = try NativeRequest(launch, plan.parameters)
        guard request.count <= limits.rows else {
            throw Failure(
                .invalidArgument, "\(request.count) rows are more than the \(limits.rows) that a session may have",
                next: "ask for fewer; the operator can allow more with --max-rows", details: ["field": "rows"])
        }
        try budget.take(request.count)
        do throws(Failure) {
            let registry = registry
            let environment = try await offload { () throws(Failure) in try request.make(with: registry) }
            return try NativeHost(environment, rows: request.rows, budget: budget)
        } catch {
            budget.giveBack(request.count)
            throw error
        }
    }

    public func shutDown() async { isShutDown = true }
}

/// What a session is to be made of, looked through.
struct NativeRequest: Sendable {
    let rows: RowsOffer?
    var count: Int { rows?.count ?? 1 }
    private let id: String
    private let simulator: Simulator?
    private let autoreset: AutoresetMode
    private let overrides: JSONObject

    /// - Throws: `invalid_argument`.
    init(_ launch: NativeLaunch, _ parameters: JSONObject) throws(Failure) {
        id = launch.id
        let precision = parameters["precision"]?.string ?? launch.precision
        simulator = try precision.map { (name) throws(Failure) in try Simulator(precision: name) }
        overrides = JSONObject(parameters.filter { $0.key != "precision" }.map { ($0.key, $0.value) })
        guard let rows = launch.rows else {
            guard launch.autoreset == nil else {
                throw Failure(
                    .invalidArgument, "autoreset is for rows, and the session has none", next: "give rows as well",
                    details: ["field": "autoreset"])
            }
            (self.rows, autoreset) = (nil, .disabled)
            return
        }
        guard rows > 0 else {
            throw Failure(.invalidArgument, "rows has to be 1 or more, not \(rows)", details: ["field": "rows"])
        }
        autoreset = try launch.autoreset.map { (name) throws(Failure) in try AutoresetMode(named: name) } ?? .nextStep
        self.rows = RowsOffer(count: rows, autoreset: autoreset.rawValue)
    }

    func make(with registry: EnvironmentRegistry) throws(Failure) -> VectorEnvironment {
        try registry.make(id, simulator: simulator, overrides: overrides, count: count, autoreset: autoreset)
    }
}

extension Simulator {
    /// - Throws: `invalid_argument` for a name that is none.
    init(precision name: String) throws(Failure) {
        switch name {
        case "float32": self = .simd
        case "float64": self = .reference
        default:
            throw Failure(
                .invalidArgument, "there is no precision \(name.prefix(100))", next: "float32 or float64",
                details: ["field": "precision"])
        }
    }

    var precision: String {
        switch self {
        case .simd: "float32"
        case .reference: "float64"
        }
    }
}

extension AutoresetMode {
    /// - Throws: `invalid_argument` for a name that is none.
    init(named name: String) throws(Failure) {
        guard let mode = AutoresetMode(rawValue: name) else {
            let known = AutoresetMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .invalidArgument, "there is no autoreset \(name.prefix(100))", next: "there are \(known)",
                details: ["field": "autoreset"])
        }
        self = mode
    }
}
