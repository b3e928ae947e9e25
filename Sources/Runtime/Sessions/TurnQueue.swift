import Reactor

/// Lets so many at a time go on; those that wait go in the order they came.
@Reactor
final class TurnQueue {
    private var free: Int
    private var waiting: [Wait<Void>] = []

    init(width: Int = 1) { free = width }

    func enter() async {
        if free > 0 {
            free -= 1
            return
        }
        let turn = Wait<Void>()
        waiting.append(turn)
        await turn.value()
    }

    /// Hands the turn to the next.
    func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().settle() }
    }
}
