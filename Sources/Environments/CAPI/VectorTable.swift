import Foundations
import VectorEnvironments

/// The vectors behind the handles of C. A handle is a place and the number of times that the place was given, so that a
/// closed one is told from the one that came after it.
struct VectorTable: Sendable {
    private var places: [(generation: UInt32, vector: OpenVector?)] = []
    private var free: [Int] = []
    private static let limit = 1 << 20

    mutating func insert(_ vector: OpenVector) throws(Failure) -> UInt64 {
        let place: Int
        if let last = free.popLast() {
            place = last
        } else {
            guard places.count < Self.limit else {
                throw Failure(.resourceExhausted, "there are \(Self.limit) vectors", next: "close some")
            }
            place = places.count
            places.append((0, nil))
        }
        places[place].generation &+= 1
        places[place].vector = vector
        return UInt64(places[place].generation) << 32 | UInt64(place + 1)
    }

    subscript(handle: UInt64) -> OpenVector? {
        place(of: handle).flatMap { places[$0].vector }
    }

    /// The vector that was behind the handle; nil where there was none.
    mutating func remove(_ handle: UInt64) -> OpenVector? {
        guard let place = place(of: handle), let vector = places[place].vector else { return nil }
        places[place].vector = nil
        free.append(place)
        return vector
    }

    private func place(of handle: UInt64) -> Int? {
        let place = Int(handle & 0xffff_ffff) - 1
        guard place >= 0, place < places.count, places[place].generation == UInt32(handle >> 32) else { return nil }
        return place
    }
}
