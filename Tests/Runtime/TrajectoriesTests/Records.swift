import Digest
import Foundations
import JSON
import Sessions
import Spaces
import TestSupport

@testable import Trajectories

/// Records as sessions make them, and files of them.
enum Made {
    static func header(
        mode: RecordingMode = .full, seed: Int64? = 7, parameters: JSONObject = ["a": 1]
    ) throws -> TrajectoryHeader {
        var header = try TrajectoryHeader([
            "format": 1, "id": "01a22f4a-0aa0-8001-b36c-6bda723b8064", "environment": "test/Made@1.0.0",
            "digest": "sha256:00", "instance": nil, "params": .object(parameters),
            "seed": seed.map(JSONValue.integer) ?? .null, "record": .string(mode.rawValue),
            "base": .string(Frame.noSeal.hex), "parent": nil, "branched_at": nil, "nondeterministic": false,
            "observation_space": nil, "action_space": nil, "agents": nil, "backend": "process", "isolation": "none",
            "server": "s", "owner": "local", "tenant": "local", "labels": [:], "created_at": "2026-01-01T00:00:00Z",
        ])
        header.base = header.origin
        return header
    }

    static func tensor(_ dtype: DType, _ shape: [Int], _ bytes: [UInt8]) -> [UInt8] {
        var canonical: [UInt8] = [1, UInt8(dtype.rawValue.utf8.count)] + Array(dtype.rawValue.utf8)
        canonical.putNumber(UInt32(shape.count))
        for axis in shape { canonical.putNumber(UInt64(axis)) }
        return canonical + bytes
    }

    static func floats(_ numbers: [Float]) -> [UInt8] {
        tensor(.float32, [numbers.count], numbers.withUnsafeBytes { Array($0) })
    }

    static func leaf(_ json: String) -> [UInt8] { [2] + counted(json) }

    static func counted(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.putNumber(UInt64(text.utf8.count))
        return bytes + Array(text.utf8)
    }

    static func reset(_ observation: [UInt8], seed: Int64? = nil, info: String = "{}") -> [UInt8] {
        var bytes: [UInt8] = [0x11]
        if let seed {
            bytes.append(1)
            bytes.putNumber(seed)
        } else {
            bytes.append(0)
        }
        return bytes + counted("{}") + outcome(observation, reward: nil, terminated: false, info: info)
    }

    static func step(
        _ action: String, _ observation: [UInt8], reward: Double? = 1, terminated: Bool = false, info: String = "{}"
    ) -> [UInt8] {
        [0x12] + leaf(action) + outcome(observation, reward: reward, terminated: terminated, info: info)
    }

    /// A call of two rows.
    static func rows(_ observation: [UInt8], isStep: Bool, ended: Bool = true) -> [UInt8] {
        let mark: [UInt8] = [0xfe, 0xff, 0xff, 0xff, isStep ? 1 : 0]
        let info: [UInt8] = [3, 1, 0, 0, 0, 1, 0, 0, 0] + Array("a".utf8) + floats([3])
        guard isStep else { return [0x11, 0] + counted("{}") + observation + mark + info }
        let reward = [0.5, -1.0].withUnsafeBytes { tensor(.float64, [2], Array($0)) }
        let flags = tensor(.bool, [2], [ended ? 1 : 0, 0]) + tensor(.bool, [2], [0, 0])
        return [0x12] + tensor(.int64, [2], Array(repeating: 0, count: 16)) + observation + mark + reward + flags + info
    }

    static func error(_ call: [UInt8], code: String) -> [UInt8] {
        var bytes: [UInt8] = [0x13]
        bytes.putNumber(UInt64(call.count))
        return bytes + call + counted(code)
    }

    private static func outcome(
        _ observation: [UInt8], reward: Double?, terminated: Bool, info: String
    ) -> [UInt8] {
        var bytes = observation
        bytes.putNumber(UInt32.max)
        if let reward {
            bytes.append(1)
            bytes.putNumber(reward.bitPattern)
        } else {
            bytes.append(0)
        }
        for flag in [terminated, false] {
            bytes.putNumber(UInt32.max)
            bytes.append(flag ? 1 : 0)
        }
        return bytes + counted(info)
    }

    static func stored(_ bytes: [UInt8], at time: Int64 = 0, agent: String? = nil) -> StoredRecord {
        StoredRecord(bytes: bytes, time: Timestamp(microseconds: time), duration: 50, agent: agent)
    }

    /// Episodes of ten steps, as CartPole has them.
    static func cartPole(_ count: Int) -> [StoredRecord] {
        (0..<count).map { index in
            let x = Float(index) / 7
            let observation = floats([x.truncatingRemainder(dividingBy: 1), -x / 100, 0.25 * x, 1 / (1 + x)])
            let bytes =
                index % 11 == 0
                ? reset(observation, seed: index == 0 ? 7 : nil)
                : step("\(index % 2)", observation, terminated: index % 11 == 10)
            return stored(bytes, at: 1_700_000_000_000_000 + Int64(index) * 61)
        }
    }

    /// Writes records in chunks.
    ///
    /// - Returns: The hash.
    @discardableResult
    static func write(
        _ records: [StoredRecord], to path: String, chunk: Int = 100, mode: RecordingMode = .full, ends: Bool = true
    ) throws -> Digest32 {
        let header = try header(mode: mode)
        let writer = try TrajectoryWriter(path: path, header: header)
        var chain = RecordChain(after: header.base)
        for start in stride(from: 0, to: records.count, by: chunk) {
            let part = Array(records[start..<min(start + chunk, records.count)])
            for record in part { _ = chain.append(record.bytes) }
            try writer.append(mode == .digest ? part.map(\.withDigest) : part, link: chain.link)
        }
        if ends { _ = try writer.finish(state: "closed", reason: "requested") }
        return chain.link
    }
}

func withTemporaryFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try TemporaryDirectory()
    return try body(folder.path)
}
