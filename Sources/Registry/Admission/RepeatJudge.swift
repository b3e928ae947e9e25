/// Decides from trajectories of one seed and one agent what an environment remembers that it should not.
struct RepeatJudge: Sendable {
    /// The first episodes of a session.
    var first = Trajectory()
    /// The same seed again, at once, in the same session.
    var again: Trajectory?
    /// After a reset in the middle of another seed's episode.
    var afterAbandoned: Trajectory?
    /// In a session of another process that has loaded the version anew.
    var fresh: Trajectory?
    /// In another session of the same process family.
    var sibling: Trajectory?
    /// Under another seed of Python's hashes.
    var otherHashes: Trajectory?
    /// The episode after the first, reset without a seed; in both processes.
    var unseeded: (here: Trajectory, fresh: Trajectory)?

    var findings: [Finding] {
        if let fresh, let step = first.difference(from: fresh) {
            let before = again.flatMap { first.difference(from: $0) }
            let also = before.map { ", and the second time in one process from step \($0)" } ?? ""
            return [
                Finding(
                    .seedNotReproducible, "the same seed and actions differ in another process from step \(step)\(also)"
                )
            ]
        }
        if let sibling, let step = first.difference(from: sibling) {
            return [
                Finding(
                    .seedNotReproducible, "the same seed and actions differ in another session from step \(step)")
            ]
        }
        var found: [Finding] = []
        if let again, let step = first.difference(from: again) {
            found.append(
                Finding(
                    fresh == nil ? .seedNotReproducible : .stateAcrossEpisodes,
                    "the second episode with the same seed and actions differs from the first from step \(step)"))
        } else if let afterAbandoned, let step = first.difference(from: afterAbandoned) {
            found.append(
                Finding(
                    .resetMidEpisode,
                    "after a reset in the middle of another episode, the same seed differs from step \(step)"))
        }
        if let otherHashes, let step = first.difference(from: otherHashes) {
            found.append(Finding(.hashOrder, "under another PYTHONHASHSEED the same seed differs from step \(step)"))
        }
        if found.isEmpty, let (here, fresh) = unseeded, let step = here.difference(from: fresh) {
            found.append(
                Finding(
                    .generatorLost,
                    "the episode after a seeded one, reset without a seed, differs between processes from step \(step)")
            )
        }
        return found
    }
}
