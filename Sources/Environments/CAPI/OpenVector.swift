import CorralABI
import Foundations
import JSON
import NativeEnvironments
import VectorEnvironments

/// A vector with what its description needs, and the sizes that the buffers of a call must have.
final class OpenVector: Sendable {
    let environment: VectorEnvironment
    let name: String
    let simulator: Simulator
    let configuration: JSONValue
    let maxEpisodeSteps: Int?
    /// Nil unless it was made with `batch`.
    let batches: RowBatches?

    init(
        _ environment: VectorEnvironment, name: String, simulator: Simulator, configuration: JSONValue,
        maxEpisodeSteps: Int?, batches: RowBatches?
    ) {
        self.environment = environment
        self.name = name
        self.simulator = simulator
        self.configuration = configuration
        self.maxEpisodeSteps = maxEpisodeSteps
        self.batches = batches
        actionBytes = environment.layout.action.bytes * environment.count
        sizes = BufferSizes(environment.layout)
    }

    let actionBytes: Int
    let sizes: BufferSizes

    /// The vector for a call of all rows.
    ///
    /// - Throws: `failedPrecondition` while rows are under way.
    func resting() throws(Failure) -> VectorEnvironment {
        if let count = batches?.underWay, count > 0 {
            throw Failure(
                .failedPrecondition, "\(count) rows are under way", next: "receive them with corral_vector_recv first")
        }
        return environment
    }

    /// - Throws: `failedPrecondition` for a vector that was made without batches.
    func sending() throws(Failure) -> RowBatches {
        guard let batches else {
            throw Failure(
                .failedPrecondition, "the vector has no batches", next: "make it with the setting \"batch\"")
        }
        return batches
    }
}

/// Bytes of one row in each buffer.
struct BufferSizes: Sendable {
    let observation: Int
    let reward: Int
    let info: Int
    let alignment: Int

    init(_ layout: VectorLayout) {
        observation = layout.observation.bytes
        reward = layout.reward.size
        info = layout.infoBytes
        alignment = layout.observation.dtype.size
    }

    /// The caller's buffers, looked through.
    ///
    /// - Throws: `invalidArgument`.
    func buffers(_ raw: UnsafePointer<corral_buffers>?, rows: Int) throws(Failure) -> StepBuffers {
        guard let raw else { throw Failure(.invalidArgument, "buffers is null") }
        let given = raw.pointee
        guard given.size == Int64(MemoryLayout<corral_buffers>.size) else {
            throw Failure(
                .invalidArgument, "buffers.size is \(given.size), not \(MemoryLayout<corral_buffers>.size)",
                next: "set it to sizeof(corral_buffers)")
        }
        guard given.rows == Int64(rows) else {
            throw Failure(.invalidArgument, "buffers.rows is \(given.rows), not \(rows)")
        }
        let observations = try needed(given.observations, given.observation_bytes, observation * rows, "observations")
        let rewards = try needed(given.rewards, given.reward_bytes, reward * rows, "rewards")
        guard let terminated = given.terminated, let truncated = given.truncated else {
            throw Failure(.invalidArgument, "terminated or truncated is null")
        }
        guard
            Int(bitPattern: observations) % alignment == 0, Int(bitPattern: rewards) % reward == 0,
            given.final_observations.map({ Int(bitPattern: $0) % alignment == 0 }) ?? true
        else {
            throw Failure(.invalidArgument, "a buffer is not aligned to its elements")
        }
        return StepBuffers(
            observations: observations, rewards: rewards, terminated: terminated, truncated: truncated,
            info: info == 0 ? nil : try needed(given.info, given.info_bytes, info * rows, "info"),
            finalObservations: try optional(
                given.final_observations, given.final_observation_bytes, observation * rows, "final_observations"),
            finalInfo: info == 0
                ? nil : try optional(given.final_info, given.final_info_bytes, info * rows, "final_info"))
    }

    private func needed(
        _ pointer: UnsafeMutableRawPointer?, _ bytes: Int64, _ expected: Int, _ name: String
    ) throws(Failure) -> UnsafeMutableRawPointer {
        guard let pointer else { throw Failure(.invalidArgument, "\(name) is null") }
        guard bytes == Int64(expected) else {
            throw Failure(
                .invalidArgument, "\(name) has \(bytes) bytes, not \(expected)",
                next: "allocate what corral_vector_describe says for each row")
        }
        return pointer
    }

    private func optional(
        _ pointer: UnsafeMutableRawPointer?, _ bytes: Int64, _ expected: Int, _ name: String
    ) throws(Failure) -> UnsafeMutableRawPointer? {
        pointer == nil ? nil : try needed(pointer, bytes, expected, name)
    }
}
