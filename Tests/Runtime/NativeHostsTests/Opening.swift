import CorralABI
import Foundations
import JSON
import NativeEnvironments
import Reactor
import Sessions
import Spaces
import VectorEnvironments
import Workers

@testable import NativeHosts

/// Hosts of the shipped environments, as a server opens them.
@Reactor
struct Natives {
    let registry: EnvironmentRegistry
    let hosts: NativeHosts

    init(rows: Int = 4096, totalRows: Int = 8192) throws(Failure) {
        registry = try NativeEnvironments.registry(wide: Processor.isWide)
        hosts = NativeHosts(registry: registry, limits: .init(rows: rows, totalRows: totalRows))
    }

    func open(
        _ id: String, rows: Int? = nil, autoreset: String? = nil, parameters: JSONObject = [:]
    ) async throws(Failure) -> NativeHost {
        let plan = LaunchPlan(
            reference: "native/\(id)", digest: "sha256:00", tenant: "local", backend: .native,
            launch: .native(NativeLaunch(id: id, rows: rows, autoreset: autoreset)),
            times: .init(start: .seconds(30), reset: .seconds(30), step: .seconds(30)), validation: .full,
            observationSpace: nil, actionSpace: nil, instance: nil, instances: .any, parameters: parameters,
            isNondeterministic: false)
        var ids = UniqueIDGenerator(server: 1)
        guard let host = try await hosts.open(plan, session: ids.next()) as? NativeHost else {
            throw Failure(.internal, "it is no native host")
        }
        return host
    }
}

/// The code of a refusal.
@Reactor
func refusal<Value: Sendable>(_ body: @Reactor () async throws -> Value) async -> String? {
    do {
        _ = try await body()
        return nil
    } catch HostProblem.refused(let error) { return error.code } catch { return "\(error)" }
}

@Reactor
func failure<Value: Sendable>(_ body: @Reactor () async throws -> Value) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch { return error as? Failure }
}

/// Actions 0 and 1 by a fixed rule.
func actions(_ rows: Int, at step: Int) -> [Int64] { (0..<rows).map { Int64(($0 * 7 + step * 3) / 2 % 2) } }

func text(_ numbers: [Int64]) -> [UInt8] { Array("[\(numbers.map { "\($0)" }.joined(separator: ","))]".utf8) }
