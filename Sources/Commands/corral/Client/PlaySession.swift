import Foundations
import HTTPClient
import JSON
import Pictures
import Spaces

/// What is wanted of a session.
struct SessionWish: Sendable {
    var environment: String
    var instance: String?
    var parameters: JSONObject = [:]
    var seed: Int64?
}

/// A session that a command plays.
struct PlaySession: Sendable {
    enum Frame {
        case picture(Picture)
        case text(String)
    }

    let id: String
    /// The session object.
    let description: JSONValue
    let actionSpace: Space
    let observationSpace: Space
    /// Of several; nil for one.
    let agents: [String]?
    /// From the request to its answer, first reset included.
    let startTime: Duration
    private let client: ServerClient
    private let answers: String

    static func open(_ wish: SessionWish, on client: ServerClient) async throws(Failure) -> (session: Self, first: Turn)
    {
        var body: JSONObject = [
            "environment": .string(wish.environment), "params": .object(wish.parameters),
            "labels": ["by": "corral run"],
        ]
        body["instance"] = wish.instance.map(JSONValue.string)
        body["seed"] = wish.seed.map(JSONValue.integer)
        let start = ContinuousClock.now
        let answer = try await client.send("POST", "/v1/sessions", body: JSONValue.object(body).encoded())
        let startTime = ContinuousClock.now - start
        let session = try PlaySession(JSONMembers(answer: answer.body), startTime: startTime, client: client)
        return (session, try Turn(answer.body, isShared: session.agents != nil))
    }

    private init(_ members: JSONMembers, startTime: Duration, client: ServerClient) throws(Failure) {
        var object = JSONObject()
        for key in members.keys where key != "observation" && key != "info" { object[key] = members.value(key) }
        guard let id = object["id"]?.string, let action = object["action_space"],
            let observation = object["observation_space"]
        else { throw Failure(.internal, "the server's session object is not complete") }
        self.id = id
        description = .object(object)
        actionSpace = try Space(json: action)
        observationSpace = try Space(json: observation)
        agents = object["agents"]?.array?.compactMap(\.string)
        self.startTime = startTime
        self.client = client
        // Large arrays are dear as text.
        answers = agents == nil && observationSpace.isLargeArray ? TensorForm.mediaType : "application/json"
    }

    func reset() async throws(Failure) -> Turn { try await turn("reset", Array("{}".utf8)) }

    func step(_ action: JSONValue) async throws(Failure) -> Turn {
        try await turn("step", JSONValue.object(["action": action]).encoded())
    }

    private func turn(_ call: String, _ body: [UInt8]) async throws(Failure) -> Turn {
        let answer = try await client.send("POST", "/v1/sessions/\(id)/\(call)", body: body, accept: answers)
        guard answer.isTensorForm else { return try Turn(answer.body, isShared: agents != nil) }
        let split = try TensorForm.decode(answer.body)
        return try Turn(split.text, tensors: split.tensors)
    }

    /// - Throws: `unimplemented` where the environment draws nothing.
    func frame() async throws(Failure) -> Frame {
        let accept = "\(TensorForm.mediaType), text/plain"
        let answer = try await client.send("GET", "/v1/sessions/\(id)/render", accept: accept)
        guard answer.isTensorForm else { return .text(String(decoding: answer.body, as: UTF8.self)) }
        guard let tensor = try TensorForm.decode(answer.body).tensors["/frame"] else {
            throw Failure(.internal, "the server's frame has no array")
        }
        return .picture(try Picture(shape: tensor.shape, pixels: tensor.bytes))
    }

    func logs(last lines: Int) async throws(Failure) -> [String] {
        let answer = try await client.json("GET", "/v1/sessions/\(id)/logs?lines=\(lines)")
        return (answer["lines"]?.array ?? []).compactMap(\.string)
    }

    /// The session object as it is now.
    func summary() async throws(Failure) -> JSONValue { try await client.json("GET", "/v1/sessions/\(id)") }

    func close() async { _ = try? await client.send("DELETE", "/v1/sessions/\(id)") }
}

extension HTTPAnswer {
    fileprivate var isTensorForm: Bool { header("content-type")?.hasPrefix(TensorForm.mediaType) ?? false }
}

extension JSONMembers {
    fileprivate init(answer: [UInt8]) throws(Failure) {
        do throws(JSONError) {
            self = try JSONMembers(parsing: answer, limits: JSONLimits(depth: .max))
        } catch { throw Failure(.internal, "the server's answer is malformed: \(error)") }
    }
}

extension Space {
    fileprivate var isLargeArray: Bool {
        if case .box(let box) = self { box.shape.reduce(1, *) > 512 } else { false }
    }
}
