import Foundations
import Sessions

/// Records that wait for their chunk, in one piece of memory: what a session's thread has made is free again at once, and
/// the thread that writes takes them apart.
struct PackedRecords: Sendable {
    private struct Place {
        /// Behind its bytes.
        let end: Int
        let time: Timestamp
        let duration: Int64
        let agent: String?
    }

    private var bytes: [UInt8] = []
    private var places: [Place] = []

    var count: Int { places.count }
    var byteCount: Int { bytes.count }

    mutating func append(_ record: StepRecord) {
        bytes.append(contentsOf: record.canonical)
        places.append(
            Place(
                end: bytes.count, time: record.time, duration: record.duration.wholeMicroseconds, agent: record.agent))
    }

    var stored: [StoredRecord] {
        var start = 0
        return places.map { place in
            defer { start = place.end }
            return StoredRecord(
                bytes: Array(bytes[start..<place.end]), time: place.time, duration: place.duration, agent: place.agent)
        }
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
