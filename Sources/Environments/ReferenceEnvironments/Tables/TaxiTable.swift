/// The table of Gymnasium's Taxi: T. G. Dietterich, "Hierarchical reinforcement learning with the MAXQ value function
/// decomposition", 2000.
struct TaxiTable {
    var isRainy = false
    /// In rain, the probability of the intended direction; the rest is divided between its sides.
    var rainyProbability = 0.8

    func table() -> [[[Transition]]] {
        (0..<TaxiState.count).map { number in
            (0..<6).map { outcomes(TaxiState(number: number), $0) }
        }
    }

    /// Uniform over the states whose passenger waits elsewhere than at the destination.
    static var starts: [Double] {
        let isStart = (0..<TaxiState.count).map {
            let state = TaxiState(number: $0)
            return state.passenger < 4 && state.passenger != state.destination
        }
        let count = Double(isStart.count { $0 })
        return isStart.map { $0 ? 1 / count : 0 }
    }

    private func outcomes(_ state: TaxiState, _ action: Int) -> [Transition] {
        switch action {
        case 4: [pickUp(state)]
        case 5: [dropOff(state)]
        case _ where isRainy: driftingMoves(state, action)
        default: [move(state, to: driven(state.taxi, action), probability: 1)]
        }
    }

    private func driven(_ place: TaxiMap.Place, _ direction: Int) -> TaxiMap.Place {
        TaxiMap.isOpen(place, direction) ? TaxiMap.moved(place, direction) : place
    }

    /// A move that is not open does not drift either.
    private func driftingMoves(_ state: TaxiState, _ action: Int) -> [Transition] {
        let sideRate = (1 - rainyProbability) / 2
        let sides = [[2, 3], [3, 2], [1, 0], [0, 1]][action]
        let isOpen = TaxiMap.isOpen(state.taxi, action)
        return [
            move(state, to: driven(state.taxi, action), probability: rainyProbability),
            move(state, to: isOpen ? drifted(state.taxi, sides[0]) : state.taxi, probability: sideRate),
            move(state, to: isOpen ? drifted(state.taxi, sides[1]) : state.taxi, probability: sideRate),
        ]
    }

    /// Gymnasium looks for the wall on the near side of the place that a drift leads to.
    private func drifted(_ place: TaxiMap.Place, _ direction: Int) -> TaxiMap.Place {
        let next = TaxiMap.moved(place, direction)
        return switch direction {
        case 2: TaxiMap.isOpenWest(next) ? next : place
        case 3: TaxiMap.isOpenEast(next) ? next : place
        default: next
        }
    }

    private func move(
        _ state: TaxiState, to place: TaxiMap.Place, probability: Double
    ) -> Transition {
        var next = state
        next.taxi = place
        return Transition(
            probability: probability, state: Int64(next.number), reward: -1, terminated: false)
    }

    private func pickUp(_ state: TaxiState) -> Transition {
        var next = state
        let isThere = state.passenger < 4 && state.taxi == TaxiMap.stops[state.passenger]
        if isThere { next.passenger = 4 }
        return Transition(
            probability: 1, state: Int64(next.number), reward: isThere ? -1 : -10, terminated: false)
    }

    private func dropOff(_ state: TaxiState) -> Transition {
        var next = state
        var reward = -10.0
        var isDelivered = false
        if state.passenger == 4, let stop = TaxiMap.stops.firstIndex(of: state.taxi) {
            isDelivered = stop == state.destination
            reward = isDelivered ? 20 : -1
            next.passenger = stop
        }
        return Transition(
            probability: 1, state: Int64(next.number), reward: reward, terminated: isDelivered)
    }
}
