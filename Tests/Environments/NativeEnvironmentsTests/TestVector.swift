import Foundations
import NativeEnvironments
import Spaces
import VectorEnvironments

/// A vector with buffers of its own.
final class TestVector {
    let environment: VectorEnvironment
    let observations: UnsafeMutableRawBufferPointer
    let finals: UnsafeMutableRawBufferPointer
    let rewards: UnsafeMutableRawBufferPointer
    let terminated: UnsafeMutableBufferPointer<UInt8>
    let truncated: UnsafeMutableBufferPointer<UInt8>
    let info: UnsafeMutableRawBufferPointer
    let buffers: StepBuffers

    init(_ environment: VectorEnvironment) throws {
        self.environment = environment
        let layout = environment.layout
        let count = environment.count
        func memory(_ bytes: Int) -> UnsafeMutableRawBufferPointer {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes * count, 1), alignment: 64)
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            return memory
        }
        observations = memory(layout.observation.bytes)
        finals = memory(layout.observation.bytes)
        rewards = memory(layout.reward.size)
        info = memory(layout.infoBytes)
        terminated = memory(1).bindMemory(to: UInt8.self)
        truncated = memory(1).bindMemory(to: UInt8.self)
        buffers = StepBuffers(
            observations: observations.baseAddress!, rewards: rewards.baseAddress!,
            terminated: terminated.baseAddress!, truncated: truncated.baseAddress!, info: info.baseAddress!,
            finalObservations: finals.baseAddress!)
    }

    deinit {
        for memory in [observations, finals, rewards, info] { memory.deallocate() }
        terminated.deallocate()
        truncated.deallocate()
    }

    var count: Int { environment.count }

    func reset(seed: UInt64? = nil) throws {
        try environment.reset(seeds: seed.map { .from($0) } ?? .none, into: buffers)
    }

    func reset(mask: [UInt8], seeds: Seeds = .none) throws {
        try environment.reset(seeds: seeds, mask: mask, into: buffers)
    }

    func step(_ actions: [UInt8]) throws {
        try actions.withUnsafeBytes { try environment.step(actions: $0.baseAddress!, into: buffers) }
    }

    /// The observation of a row, its elements rounded to doubles.
    func observation(_ row: Int) throws -> [Double] {
        try Self.row(row, of: observations, environment.layout.observation)
    }

    func final(_ row: Int) throws -> [Double] { try Self.row(row, of: finals, environment.layout.observation) }

    func reward(_ row: Int) -> Double {
        environment.layout.reward == .float32
            ? Double(rewards.load(fromByteOffset: row * 4, as: Float.self))
            : rewards.load(fromByteOffset: row * 8, as: Double.self)
    }

    private static func row(
        _ row: Int, of memory: UnsafeMutableRawBufferPointer, _ field: ArrayField
    ) throws -> [Double] {
        let bytes = Array(memory[row * field.bytes..<(row + 1) * field.bytes])
        let tensor = try Tensor(dtype: field.dtype, shape: field.shape, bytes: bytes)
        switch field.dtype {
        case .float32: return (tensor.numbers(as: Float.self) ?? []).map { Double($0) }
        case .int64: return (tensor.numbers(as: Int64.self) ?? []).map { Double($0) }
        default: return bytes.map { Double($0) }
        }
    }

    /// All that a step gave, as bytes.
    var outcome: [UInt8] { Array(observations) + Array(rewards) + Array(terminated) + Array(truncated) }
}

/// Random actions, one after the other for each row, that do not depend on how many rows there are.
struct ActionSource {
    private var randoms: [RowRandom]
    private let layout: VectorLayout
    /// Continuous actions are up to this much beyond their bounds.
    private let reach: Double

    init(_ layout: VectorLayout, count: Int, seed: UInt64, reach: Double = 1.2) {
        self.layout = layout
        self.reach = reach
        randoms = (0..<count).map { RowRandom(seed: seed + UInt64($0)) }
    }

    mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for row in randoms.indices {
            for _ in 0..<layout.action.elements {
                switch layout.actionSpace {
                case .discrete(let space):
                    let action = space.start + Int64(randoms[row].next() % UInt64(space.n))
                    bytes += withUnsafeBytes(of: action) { Array($0) }
                case .box(let box):
                    let high = Double((box.high.numbers(as: Float.self) ?? [1])[0])
                    let action = Float(randoms[row].uniform(-high * reach, high * reach))
                    bytes += withUnsafeBytes(of: action) { Array($0) }
                default: break
                }
            }
        }
        return bytes
    }
}

/// The shipped environments, with the kernels of this machine.
func shipped() throws -> EnvironmentRegistry { try NativeEnvironments.registry(wide: false) }

/// Names with the simulators of each.
let implementations: [(String, Simulator)] =
    (try? shipped().list().flatMap { listing in listing.simulators.map { (listing.name, $0) } }) ?? []
