import Spaces
import VectorEnvironments

extension VectorLayout {
    /// The same with more fields at the end of a record.
    func adding(state more: [ArrayField]) -> VectorLayout {
        VectorLayout(
            observationSpace: observationSpace, actionSpace: actionSpace, observation: observation, action: action,
            reward: reward, info: info, state: state + more)
    }
}

/// The complaint about an index of an action that is not in `0..<n`; nil for one that is.
func complaint(about action: Int64, of n: Int64) -> String? {
    0..<n ~= action ? nil : "is \(action), not one of 0 to \(n - 1)"
}

/// The complaint about a continuous action that is no finite number; nil for one that is. Finite ones out of the bounds
/// are clipped by the environments, as Gymnasium does.
func complaint(about action: Float) -> String? { action.isFinite ? nil : "is \(action), which is no finite number" }
