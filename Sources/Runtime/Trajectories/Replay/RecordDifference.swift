import Digest
import Foundations
import JSON
import Spaces
import Workers

/// Where a record differs from what it should be.
public struct RecordDifference: Sendable, Equatable {
    /// What of a record can differ, the gravest last.
    public enum Aspect: String, Sendable, CaseIterable {
        case info
        case observation
        case reward
        /// Terminated, truncated, an error, or that there is no such record at all.
        case termination
    }

    public var aspect: Aspect
    /// The JSON pointer of the first value that differs, such as `/observation/2`.
    public var pointer: String
    public var expected: JSONValue
    public var actual: JSONValue

    /// That there is no such record, and why.
    public static func missing(_ reason: String) -> RecordDifference {
        RecordDifference(aspect: .termination, pointer: "", expected: "a record", actual: .string(reason))
    }

    public var json: JSONValue {
        [
            "aspect": .string(aspect.rawValue), "pointer": .string(pointer), "expected": expected, "actual": actual,
        ]
    }
}

/// Compares what was recorded with what came of the same calls again.
public struct RecordComparison: Sendable {
    /// How far numbers of observations and rewards may be apart.
    public let tolerance: Double

    public init(tolerance: Double = 0) { self.tolerance = tolerance }

    /// - Parameter actual: With its observation, also where only the digest of the expected one was kept.
    /// - Returns: The first difference of each aspect; none where the records are the same.
    /// - Throws: `invalid_argument` where a record cannot be read.
    public func differences(
        _ expected: StoredRecord, _ actual: StoredRecord
    ) throws(Failure) -> [RecordDifference] {
        if expected.bytes == actual.bytes { return [] }
        let left = try RecordContent(expected.bytes)
        let right = try RecordContent(actual.bytes)
        switch (left.result, right.result) {
        case (.error(let left), .error(let right)):
            return left == right ? [] : [Self.ended("/error", .string(left), .string(right))]
        case (.error(let code), .outcome): return [Self.ended("/error", .string(code), .null)]
        case (.outcome, .error(let code)): return [Self.ended("/error", .null, .string(code))]
        case (.outcome(let left), .outcome(let right)): return differences(left, right)
        }
    }

    private func differences(_ left: RecordContent.Outcome, _ right: RecordContent.Outcome) -> [RecordDifference] {
        var found: [RecordDifference] = []
        if let place = observationDifference(left.observation, right.observation) {
            found.append(place.as(.observation, below: "/observation"))
        }
        if let place = difference(left.rewardJSON, right.rewardJSON) {
            found.append(place.as(.reward, below: "/reward"))
        }
        for (name, flags) in [
            ("/terminated", (left.terminatedJSON, right.terminatedJSON)),
            ("/truncated", (left.truncatedJSON, right.truncatedJSON)),
        ] {
            if let place = difference(flags.0, flags.1) { found.append(place.as(.termination, below: name)) }
        }
        if let place = difference(left.info, right.info) { found.append(place.as(.info, below: "/info")) }
        return found
    }

    private func observationDifference(
        _ left: RecordContent.Observation, _ right: RecordContent.Observation
    ) -> Place? {
        switch (left, right) {
        case (.digest(let left), .digest(let right)):
            return left == right ? nil : Place(expected: .string(left.hex), actual: .string(right.hex))
        case (.digest(let digest), .value(let value)):
            let other = SHA256.hash(value.canonical)
            return digest == other ? nil : Place(expected: .string(digest.hex), actual: .string(other.hex))
        case (.value(let left), .value(let right)): return difference(left, right)
        case (.value(let value), .digest(let digest)):
            let other = SHA256.hash(value.canonical)
            return digest == other ? nil : Place(expected: .string(other.hex), actual: .string(digest.hex))
        }
    }

    private struct Place {
        var pointer = ""
        var expected: JSONValue
        var actual: JSONValue

        func below(_ step: String) -> Place {
            Place(pointer: "/\(step)" + pointer, expected: expected, actual: actual)
        }

        func `as`(_ aspect: RecordDifference.Aspect, below name: String) -> RecordDifference {
            RecordDifference(aspect: aspect, pointer: name + pointer, expected: expected, actual: actual)
        }
    }

    private func difference(_ left: Value, _ right: Value) -> Place? {
        switch (left, right) {
        case (.tensor(let left), .tensor(let right)): return difference(left, right)
        case (.dict(let left), .dict(let right)):
            guard left.map(\.0) == right.map(\.0) else { break }
            for (one, other) in zip(left, right) {
                if let place = difference(one.1, other.1) { return place.below(pointerStep(one.0)) }
            }
            return nil
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { break }
            for (index, pair) in zip(left, right).enumerated() {
                if let place = difference(pair.0, pair.1) { return place.below("\(index)") }
            }
            return nil
        case (.json(let left), .json(let right)): return difference(left, right)
        default: break
        }
        return Place(expected: left.json, actual: right.json)
    }

    private func difference(_ left: Tensor, _ right: Tensor) -> Place? {
        guard left.dtype == right.dtype, left.shape == right.shape else {
            return Place(
                expected: .string("\(left.dtype) of shape \(left.shape)"),
                actual: .string("\(right.dtype) of shape \(right.shape)"))
        }
        if left.bytes == right.bytes { return nil }
        return difference(left.json, right.json)
    }

    private func difference(_ left: JSONValue, _ right: JSONValue) -> Place? {
        switch (left, right) {
        case (.array(let left), .array(let right)) where left.count == right.count:
            for (index, pair) in zip(left, right).enumerated() {
                if let place = difference(pair.0, pair.1) { return place.below("\(index)") }
            }
            return nil
        case (.object(let left), .object(let right)) where Set(left.keys) == Set(right.keys):
            for member in left {
                if let place = difference(member.value, right[member.key] ?? .null) {
                    return place.below(pointerStep(member.key))
                }
            }
            return nil
        default:
            if left == right { return nil }
            if let one = left.double, let other = right.double, abs(one - other) <= tolerance { return nil }
            return Place(expected: left, actual: right)
        }
    }

    private static func ended(_ pointer: String, _ expected: JSONValue, _ actual: JSONValue) -> RecordDifference {
        RecordDifference(aspect: .termination, pointer: pointer, expected: expected, actual: actual)
    }
}

private func pointerStep(_ key: String) -> String {
    var step = ""
    for character in key {
        switch character {
        case "~": step += "~0"
        case "/": step += "~1"
        default: step.append(character)
        }
    }
    return step
}
