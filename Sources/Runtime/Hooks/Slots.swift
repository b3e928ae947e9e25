import Reactor

/// Lets so many go on at the same time; others wait in the order they came.
@Reactor
final class Slots {
    private var free: Int
    private var waiting: [Wait<Void>] = []

    nonisolated init(_ count: Int) { free = count }

    func take() async {
        guard free == 0 else { return free -= 1 }
        let turn = Wait<Void>()
        waiting.append(turn)
        await turn.value()
    }

    /// Hands the slot to the next.
    func giveBack() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().settle() }
    }
}
