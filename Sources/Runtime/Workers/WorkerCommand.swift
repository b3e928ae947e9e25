import JSON

/// The commands of the worker protocol as lines; see `docs/worker-protocol.md`.
public enum WorkerCommand {
    public static func hello(id: Int) -> [UInt8] {
        line { $0.append(contentsOf: #"{"cmd":"hello","id":\#(id),"protocol":2,"buffers":true}"#.utf8) }
    }

    public static func initialize(id: Int, instance: String?, parameters: JSONObject, seed: Int64?) -> [UInt8] {
        let body: JSONValue = .object([
            "cmd": "init", "id": .integer(Int64(id)), "instance": instance.map(JSONValue.string) ?? .null,
            "params": .object(parameters), "seed": seed.map(JSONValue.integer) ?? .null,
        ])
        return line { $0.append(contentsOf: body.encoded()) }
    }

    public static func reset(id: Int, seed: Int64?, options: JSONObject) -> [UInt8] {
        let body: JSONValue = .object([
            "cmd": "reset", "id": .integer(Int64(id)), "seed": seed.map(JSONValue.integer) ?? .null,
            "options": .object(options),
        ])
        return line { $0.append(contentsOf: body.encoded()) }
    }

    /// - Parameter action: One JSON value without line ends.
    public static func step(id: Int, action: [UInt8]) -> [UInt8] {
        line {
            $0.append(contentsOf: #"{"cmd":"step","id":\#(id),"action":"#.utf8)
            $0.append(contentsOf: action)
            $0.append(UInt8(ascii: "}"))
        }
    }

    public static func render(id: Int, mode: String?) -> [UInt8] {
        let body: JSONValue = .object([
            "cmd": "render", "id": .integer(Int64(id)), "mode": mode.map(JSONValue.string) ?? .null,
        ])
        return line { $0.append(contentsOf: body.encoded()) }
    }

    public static func interrupt(id: Int) -> [UInt8] {
        line { $0.append(contentsOf: #"{"cmd":"interrupt","id":\#(id)}"#.utf8) }
    }

    public static func close(id: Int) -> [UInt8] {
        line { $0.append(contentsOf: #"{"cmd":"close","id":\#(id)}"#.utf8) }
    }

    /// Version 1's only ways to begin: parameters lie flat beside the command, and cannot stand in for it.
    public static func initializeV1(instance: String, parameters: JSONObject) -> [UInt8] {
        var members: [(String, JSONValue)] = [("cmd", "init"), ("env_id", .string(instance))]
        for (key, value) in parameters where !reservedV1.contains(key) { members.append((key, value)) }
        let body = JSONValue.object(JSONObject(members))
        return line { $0.append(contentsOf: body.encoded()) }
    }

    /// What parameters cannot be called in version 1.
    public static let reservedV1 = ["cmd", "env_id"]

    /// - Parameter action: One JSON value without line ends.
    public static func stepV1(action: [UInt8]) -> [UInt8] {
        line {
            $0.append(contentsOf: #"{"cmd":"step","action":"#.utf8)
            $0.append(contentsOf: action)
            $0.append(UInt8(ascii: "}"))
        }
    }

    private static func line(_ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        fill(&bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
