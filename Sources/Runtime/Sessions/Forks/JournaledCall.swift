import JSON

/// A call as it can be made again.
enum JournaledCall: Sendable, Equatable {
    /// - Parameter seed: As it was used: also one that the server drew.
    case reset(seed: Int64?, options: JSONObject)
    /// - Parameter action: One checked JSON value.
    case step(action: [UInt8])
    /// Random numbers started anew where the session branched off.
    case reseed(Int64)
}

extension JournaledCall {
    /// Appends kind (one byte), length (LEB128) and content.
    func write(into bytes: inout [UInt8]) {
        switch self {
        case .reseed(let seed):
            bytes.append(contentsOf: [2, 8])
            withUnsafeBytes(of: seed.littleEndian) { bytes.append(contentsOf: $0) }
        case .step(let action):
            bytes.append(1)
            Self.write(length: action.count, into: &bytes)
            bytes.append(contentsOf: action)
        case .reset(let seed, let options):
            let content = JSONValue.object([
                "seed": seed.map(JSONValue.integer) ?? .null, "options": .object(options),
            ]).encoded()
            bytes.append(0)
            Self.write(length: content.count, into: &bytes)
            bytes.append(contentsOf: content)
        }
    }

    private static func write(length: Int, into bytes: inout [UInt8]) {
        var rest = length
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// What `write` wrote, one after another; nil where the bytes are something else.
    static func all(in bytes: [UInt8]) -> [JournaledCall]? {
        var calls: [JournaledCall] = []
        var place = 0
        while place < bytes.count {
            let kind = bytes[place]
            place += 1
            var (length, shift) = (0, 0)
            while true {
                guard place < bytes.count, shift < 56 else { return nil }
                length |= Int(bytes[place] & 0x7f) << shift
                shift += 7
                place += 1
                if bytes[place - 1] < 0x80 { break }
            }
            guard length <= bytes.count - place else { return nil }
            let content = Array(bytes[place..<place + length])
            place += length
            guard let call = JournaledCall(kind: kind, content: content) else { return nil }
            calls.append(call)
        }
        return calls
    }

    private init?(kind: UInt8, content: [UInt8]) {
        switch kind {
        case 1: self = .step(action: content)
        case 2 where content.count == 8:
            self = .reseed(content.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) })
        case 0:
            guard let object = (try? JSONValue(parsing: content))?.object, let options = object["options"]?.object
            else {
                return nil
            }
            self = .reset(seed: object["seed"]?.integer, options: options)
        default: return nil
        }
    }
}
