import Foundations
import Spaces
import VectorEnvironments

/// One vector with its buffers and random actions.
final class Bench {
    private let environment: VectorEnvironment
    private let memory: UnsafeMutableRawPointer
    private let buffers: StepBuffers
    private let actions: [UnsafeMutableRawPointer]

    init(
        _ registry: EnvironmentRegistry, _ name: String, rows: Int, _ settings: BenchSettings
    ) throws(Failure) {
        environment = try registry.make(
            name, simulator: settings.simulator, count: rows, autoreset: settings.autoreset,
            threads: settings.threads)
        let layout = environment.layout
        let sizes = [
            layout.observation.bytes, layout.reward.size, 1, 1, layout.infoBytes, layout.observation.bytes,
            layout.infoBytes,
        ].map { ($0 * rows + 63) / 64 * 64 }
        memory = .allocate(byteCount: sizes.reduce(64, +), alignment: 64)
        var places: [UnsafeMutableRawPointer] = [memory]
        for size in sizes { places.append(places[places.count - 1] + size) }
        buffers = StepBuffers(
            observations: places[0], rewards: places[1],
            terminated: places[2].bindMemory(to: UInt8.self, capacity: rows),
            truncated: places[3].bindMemory(to: UInt8.self, capacity: rows), info: places[4],
            finalObservations: places[5], finalInfo: places[6])
        var random = RowRandom(seed: 1)
        actions = (0..<16).map { _ in Self.actions(layout, rows, &random) }
        try environment.reset(seeds: .from(7), into: buffers)
    }

    deinit {
        memory.deallocate()
        for action in actions { action.deallocate() }
    }

    private static func actions(
        _ layout: VectorLayout, _ rows: Int, _ random: inout RowRandom
    ) -> UnsafeMutableRawPointer {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: layout.action.bytes * rows, alignment: 64)
        for element in 0..<rows * layout.action.elements {
            switch layout.action.dtype {
            case .float32:
                memory.storeBytes(of: Float(random.uniform(-1, 1)), toByteOffset: element * 4, as: Float.self)
            default:
                guard case .discrete(let space) = layout.actionSpace else { continue }
                let action = space.start + Int64(random.next() % UInt64(space.n))
                memory.storeBytes(of: action, toByteOffset: element * 8, as: Int64.self)
            }
        }
        return memory
    }

    /// Steps of rows per second: the best of many short rounds, which a busy machine disturbs least, or one round of a
    /// fixed number of calls.
    func measure(seconds: Double, fixed: Int?) throws(Failure) -> Double {
        if let fixed { return try round(calls: fixed) }
        var calls = 16
        while try Double(calls * environment.count) / round(calls: calls) < 0.002 { calls *= 2 }
        var best = 0.0
        for _ in 0..<max(5, Int(seconds / 0.003)) { best = max(best, try round(calls: calls)) }
        return best
    }

    private func round(calls: Int) throws(Failure) -> Double {
        let start = ContinuousClock.now
        for call in 0..<calls { try environment.step(actions: actions[call % 16], into: buffers) }
        let parts = (ContinuousClock.now - start).components
        return Double(calls * environment.count) / (Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
    }
}
