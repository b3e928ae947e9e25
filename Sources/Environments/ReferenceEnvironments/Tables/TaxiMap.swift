/// The streets of the taxi problem: a grid of 5 x 5 with walls between some columns and four places to stop.
enum TaxiMap {
    struct Place: Sendable, Equatable {
        var row: Int
        var column: Int
    }

    static let side = 5
    /// Red, green, yellow, blue.
    static let stops = [
        Place(row: 0, column: 0), Place(row: 0, column: 4), Place(row: 4, column: 0), Place(row: 4, column: 3),
    ]

    /// For each row the columns that have a wall to their east, beside the last one.
    static let wallsEast: [[Int]] = [[1], [1], [], [0, 2], [0, 2]]

    static func isOpenEast(_ place: Place) -> Bool {
        place.column < side - 1 && !wallsEast[place.row].contains(place.column)
    }

    static func isOpenWest(_ place: Place) -> Bool {
        place.column > 0 && !wallsEast[place.row].contains(place.column - 1)
    }

    /// Whether an action of 0 to 3 (south, north, east, west) moves a taxi.
    static func isOpen(_ place: Place, _ direction: Int) -> Bool {
        switch direction {
        case 0: place.row < side - 1
        case 1: place.row > 0
        case 2: isOpenEast(place)
        default: isOpenWest(place)
        }
    }

    /// The place one further, whatever stands between.
    static func moved(_ place: Place, _ direction: Int) -> Place {
        var next = place
        switch direction {
        case 0: next.row = min(next.row + 1, side - 1)
        case 1: next.row = max(next.row - 1, 0)
        case 2: next.column = min(next.column + 1, side - 1)
        default: next.column = max(next.column - 1, 0)
        }
        return next
    }
}

/// A state of the taxi problem, and its number.
struct TaxiState: Equatable {
    var taxi: TaxiMap.Place
    /// The stop where the passenger waits; 4 in the taxi.
    var passenger: Int
    var destination: Int

    static let count = 500

    init(taxi: TaxiMap.Place, passenger: Int, destination: Int) {
        (self.taxi, self.passenger, self.destination) = (taxi, passenger, destination)
    }

    init(number: Int) {
        destination = number % 4
        passenger = number / 4 % 5
        taxi = TaxiMap.Place(row: number / 100, column: number / 20 % 5)
    }

    var number: Int { ((taxi.row * 5 + taxi.column) * 5 + passenger) * 4 + destination }

    /// Which actions change something, as Gymnasium's `action_mask`.
    var actionMask: [UInt8] {
        (0..<6).map { action in
            let does =
                switch action {
                case 0...3: TaxiMap.isOpen(taxi, action)
                case 4: passenger < 4 && taxi == TaxiMap.stops[passenger]
                default: passenger == 4 && TaxiMap.stops.contains(taxi)
                }
            return does ? 1 : 0
        }
    }
}
