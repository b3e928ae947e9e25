import Reactor

/// Lets one at a time go on; those that wait go in the order they came.
@Reactor
final class TurnQueue {
    private var isTaken = false
    private var waiting: [Wait<Void>] = []

    func enter() async {
        guard isTaken else { return isTaken = true }
        let turn = Wait<Void>()
        waiting.append(turn)
        await turn.value()
    }

    /// Hands the turn to the next.
    func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().settle() }
    }
}
