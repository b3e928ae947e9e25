import Foundations
import VectorEnvironments

/// Buffers of a vector with float32 observations, float64 rewards and integer actions.
final class Buffers {
    let environment: VectorEnvironment
    private let memory: UnsafeMutableRawPointer
    let step: StepBuffers

    init(_ environment: VectorEnvironment) {
        self.environment = environment
        let count = environment.count
        let size = environment.layout.observation.elements * 4
        let info = environment.layout.infoBytes
        memory = .allocate(byteCount: count * (2 * size + 8 + 2 * info + 2), alignment: 8)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * (2 * size + 8 + 2 * info + 2))
        let rewards = memory
        let observations = rewards + count * 8
        let finals = observations + count * size
        let infos = finals + count * size
        let finalInfos = infos + count * info
        let flags = (finalInfos + count * info).bindMemory(to: UInt8.self, capacity: 2 * count)
        step = StepBuffers(
            observations: observations, rewards: rewards, terminated: flags, truncated: flags + count, info: infos,
            finalObservations: finals, finalInfo: finalInfos)
    }

    deinit { memory.deallocate() }

    func act(_ actions: [Int64]) throws { try environment.step(actions: actions, into: step) }

    private func floats(_ memory: UnsafeMutableRawPointer?) -> [Float] {
        guard let memory else { return [] }
        return (0..<environment.count * environment.layout.observation.elements).map {
            memory.load(fromByteOffset: $0 * 4, as: Float.self)
        }
    }

    var observations: [Float] { floats(step.observations) }
    var finals: [Float] { floats(step.finalObservations) }
    var rewards: [Double] { (0..<environment.count).map { step.rewards.load(fromByteOffset: $0 * 8, as: Double.self) } }
    var terminated: [UInt8] { (0..<environment.count).map { step.terminated[$0] } }
    var truncated: [UInt8] { (0..<environment.count).map { step.truncated[$0] } }
    var infos: [Int32] {
        (0..<environment.count).map { step.info?.load(fromByteOffset: $0 * 4, as: Int32.self) ?? -1 }
    }
    var finalInfos: [Int32] {
        (0..<environment.count).map { step.finalInfo?.load(fromByteOffset: $0 * 4, as: Int32.self) ?? -1 }
    }
}
