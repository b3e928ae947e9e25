import Foundations
import VectorEnvironments

/// What the command line says.
struct BenchSettings {
    var names: [String] = []
    var rows = [1, 4, 16, 64, 1024, 4096, 65536]
    var threads = 1
    var seconds = 0.3
    /// Calls of `step` instead of a time: for callgrind.
    var steps: Int?
    var simulator: Simulator?
    var autoreset = AutoresetMode.nextStep
    var wide: Bool?

    init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                names.append(argument)
                continue
            }
            guard let value = rest.popFirst() else { throw Failure(.invalidArgument, "\(argument) needs a value") }
            switch argument {
            case "--rows":
                rows = []
                for part in value.split(separator: ",") { rows.append(try number(String(part), argument)) }
            case "--threads": threads = try number(value, argument)
            case "--steps": steps = try number(value, argument)
            case "--milliseconds": seconds = Double(try number(value, argument)) / 1000
            case "--simulator": simulator = try Simulator(named: value)
            case "--autoreset":
                guard let mode = AutoresetMode(rawValue: value) else {
                    throw Failure(.invalidArgument, "--autoreset is NextStep, SameStep or Disabled")
                }
                autoreset = mode
            case "--kernels": wide = value == "wide"
            default: throw Failure(.invalidArgument, "there is no flag \(argument)")
            }
        }
    }

    private func number(_ text: String, _ flag: String) throws(Failure) -> Int {
        guard let number = Int(text), number > 0 else {
            throw Failure(.invalidArgument, "\(flag) needs positive whole numbers, not \(text)")
        }
        return number
    }
}
