import Manifests
import Spaces

/// The spaces of one agent, where a version has several: those of the first by name.
public func spacesOfOneAgent(_ observation: Space, _ action: Space, of agents: Manifest.Agents) -> (Space, Space) {
    func first(_ space: Space) -> Space {
        guard agents != .single, case .dict(let dict) = space else { return space }
        return dict.members.min { $0.key < $1.key }?.space ?? space
    }
    return (first(observation), first(action))
}
