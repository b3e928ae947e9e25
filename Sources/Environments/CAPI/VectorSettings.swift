import Foundations
import Glibc
import JSON
import NativeEnvironments
import VectorEnvironments

/// The settings of `corral_vector_make`.
struct VectorSettings {
    var simulator: Simulator?
    var autoreset = AutoresetMode.nextStep
    var threads = VectorSettings.threadsOfEnvironment
    var overrides = JSONObject()
    /// Rows of a batch of `corral_vector_recv`; nil without batches.
    var batch: Int?

    private static let known = ["autoreset", "batch", "overrides", "precision", "simulator", "threads"]

    /// - Throws: `invalidArgument` for a setting that is not known or has a value that it cannot have.
    init(_ object: JSONObject) throws(Failure) {
        for (name, value) in object where !value.isNull {
            switch name {
            case "simulator": simulator = try Simulator(named: try text(value, name))
            case "precision": simulator = try Self.simulator(ofPrecision: try text(value, name))
            case "autoreset": autoreset = try Self.mode(try text(value, name))
            case "threads": threads = try Self.threads(value)
            case "batch":
                guard let number = value.integer, let batch = Int(exactly: number) else {
                    throw Failure(.invalidArgument, "batch is \(value.kindDescription), not a whole number")
                }
                self.batch = batch
            case "overrides":
                guard let object = value.object else {
                    throw Failure(.invalidArgument, "overrides is \(value.kindDescription), not an object")
                }
                overrides = object
            default:
                let near = nearest(to: name, among: Self.known).map { "did you mean \($0)?" }
                throw Failure(
                    .invalidArgument, "there is no setting \(name)",
                    next: near ?? "there are \(Self.known.joined(separator: ", "))")
            }
        }
        if let precision = object["precision"]?.string, let named = object["simulator"]?.string {
            guard try Self.simulator(ofPrecision: precision).rawValue == named else {
                throw Failure(.invalidArgument, "precision \(precision) and simulator \(named) do not go together")
            }
        }
    }

    private func text(_ value: JSONValue, _ name: String) throws(Failure) -> String {
        guard let text = value.string else {
            throw Failure(.invalidArgument, "\(name) is \(value.kindDescription), not a string")
        }
        return text
    }

    private static func simulator(ofPrecision precision: String) throws(Failure) -> Simulator {
        switch precision {
        case "float32": .simd
        case "float64": .reference
        default: throw Failure(.invalidArgument, "there is no precision \(precision)", next: "float32 or float64")
        }
    }

    private static func mode(_ name: String) throws(Failure) -> AutoresetMode {
        guard let mode = AutoresetMode(rawValue: name) else {
            let known = AutoresetMode.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.invalidArgument, "there is no autoreset \(name)", next: "there are \(known)")
        }
        return mode
    }

    private static func threads(_ value: JSONValue) throws(Failure) -> Int {
        guard let threads = value.integer, (1...256).contains(threads) else {
            throw Failure(.invalidArgument, "threads must be a whole number from 1 to 256")
        }
        return Int(threads)
    }

    /// `CORRAL_NUM_THREADS` where it is a number from 1 to 256, else 1.
    static var threadsOfEnvironment: Int {
        guard let text = getenv("CORRAL_NUM_THREADS").map({ String(cString: $0) }), let threads = Int(text) else {
            return 1
        }
        return min(max(threads, 1), 256)
    }
}
