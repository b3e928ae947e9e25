import CorralABI
import Foundations
import Glibc
import NativeEnvironments
import VectorEnvironments

/// Steps per second of native environments inside Swift: `corral-bench-native [--rows N,…] [--threads N] [id …]`.
///
/// Actions are random and made beforehand; a row counts as a step whether or not it begins an episode. Prints CSV.
func run() throws(Failure) {
    let settings = try BenchSettings(Array(CommandLine.arguments.dropFirst()))
    let registry = try NativeEnvironments.registry(wide: settings.wide ?? Processor.isWide)
    print("environment,simulator,autoreset,threads,rows,steps_per_second,nanoseconds_per_step")
    for name in settings.names.isEmpty ? registry.list().map(\.name) : settings.names {
        for rows in settings.rows {
            let bench = try Bench(registry, name, rows: rows, settings)
            let rate = try bench.measure(seconds: settings.seconds, fixed: settings.steps)
            let simulator =
                if let named = settings.simulator { named } else { try registry.findAvailableSimulator(name) }
            print(
                "\(name),\(simulator.rawValue),\(settings.autoreset.rawValue),\(settings.threads),\(rows),"
                    + "\(Int(rate)),\((1e11 / rate).rounded() / 100)")
        }
    }
}

do throws(Failure) {
    try run()
} catch {
    _ = "\(error)\n".withCString { write(2, $0, strlen($0)) }
    exit(error.code.exitStatus)
}
