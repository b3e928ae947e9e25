import Foundations
import JSON
import Spaces

/// Takes a random action: of those that the environment offers, else of the action space.
struct RandomAgent: Agent {
    let name = "random"
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func act(on turn: Turn, asks: [Ask]) throws(Failure) -> JSONValue? {
        var answers: [(ask: Ask, value: JSONValue)] = []
        for ask in asks { answers.append((ask, try choose(ask))) }
        return Ask.action(answers)
    }

    private mutating func choose(_ ask: Ask) throws(Failure) -> JSONValue {
        guard let offers = ask.offers else { return ask.space.sample(using: &generator) }
        let place = Space.discrete(try Space.Discrete(n: Int64(offers.count))).sample(using: &generator)
        return offers[Int(place.integer ?? 0)]
    }
}
