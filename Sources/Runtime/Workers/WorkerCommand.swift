import JSON

/// The commands of the worker protocol as lines; see `docs/worker-protocol.md`.
public enum WorkerCommand {
    public static func hello(id: Int) -> [UInt8] {
        line { $0.append(contentsOf: #"{"cmd":"hello","id":\#(id),"protocol":2,"buffers":true}"#.utf8) }
    }

    /// - Parameter slot: Of a worker that holds several environments; nil: the only one.
    public static func initialize(
        id: Int, instance: String?, parameters: JSONObject, seed: Int64?, slot: Int? = nil
    ) -> [UInt8] {
        command("init", id, slot) {
            $0["instance"] = instance.map(JSONValue.string) ?? .null
            $0["params"] = .object(parameters)
            $0["seed"] = seed.map(JSONValue.integer) ?? .null
        }
    }

    public static func reset(id: Int, seed: Int64?, options: JSONObject, slot: Int? = nil) -> [UInt8] {
        command("reset", id, slot) {
            $0["seed"] = seed.map(JSONValue.integer) ?? .null
            $0["options"] = .object(options)
        }
    }

    /// Ends the environment of a slot.
    public static func drop(id: Int, slot: Int) -> [UInt8] { command("drop", id, slot) { _ in } }

    /// - Parameter action: One JSON value without line ends.
    public static func step(id: Int, action: [UInt8]) -> [UInt8] {
        line {
            $0.append(contentsOf: #"{"cmd":"step","id":\#(id),"action":"#.utf8)
            $0.append(contentsOf: action)
            $0.append(UInt8(ascii: "}"))
        }
    }

    /// - Parameter steps: Slots with one JSON value each, without line ends.
    public static func stepMany(id: Int, steps: [(slot: Int, action: [UInt8])]) -> [UInt8] {
        line { bytes in
            bytes.reserveCapacity(64 + steps.reduce(0) { $0 + $1.action.count + 24 })
            bytes.append(contentsOf: #"{"cmd":"step_many","id":\#(id),"steps":["#.utf8)
            for (place, step) in steps.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: #"{"slot":\#(step.slot),"action":"#.utf8)
                bytes.append(contentsOf: step.action)
                bytes.append(UInt8(ascii: "}"))
            }
            bytes.append(contentsOf: "]}".utf8)
        }
    }

    public static func render(id: Int, mode: String?, slot: Int? = nil) -> [UInt8] {
        command("render", id, slot) { $0["mode"] = mode.map(JSONValue.string) ?? .null }
    }

    public static func snapshot(id: Int, slot: Int? = nil) -> [UInt8] { command("snapshot", id, slot) { _ in } }

    /// - Parameter state: As the answer to `snapshot` had it.
    public static func restore(id: Int, state: String, slot: Int? = nil) -> [UInt8] {
        command("restore", id, slot) { $0["state"] = .string(state) }
    }

    /// Starts the environment's random numbers anew.
    public static func reseed(id: Int, seed: Int64) -> [UInt8] {
        command("reseed", id, nil) { $0["seed"] = .integer(seed) }
    }

    /// The process forks itself, as often as messages with descriptors follow its `ready`.
    public static func fork(id: Int) -> [UInt8] { command("fork", id, nil) { _ in } }

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

    private static func command(_ name: String, _ id: Int, _ slot: Int?, _ fill: (inout JSONObject) -> Void) -> [UInt8]
    {
        var body: JSONObject = ["cmd": .string(name), "id": .integer(Int64(id))]
        if let slot { body["slot"] = .integer(Int64(slot)) }
        fill(&body)
        return line { $0.append(contentsOf: JSONValue.object(body).encoded()) }
    }

    private static func line(_ fill: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        fill(&bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
