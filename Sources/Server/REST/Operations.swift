import Foundations
import HTTP
import JSON
import Pictures
import Reactor
import Sessions
import Spaces

extension RESTAPI {
    func create(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: SessionRequest.fields)
        let created = try await service.create(
            try SessionRequest(body), caller: call.caller, idempotencyKey: try call.idempotencyKey())
        var response = HTTPResponse.json(bytes: try await encoded(created[0]), status: 201)
        // RFC 9745.
        if let since = created[0].summary.deprecatedSince {
            response.headers.append(("Deprecation", "@\(since.microseconds / 1_000_000)"))
        }
        return response
    }

    func createBatch(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: SessionRequest.fields + ["count"])
        guard let count = try body.integer("count"), (1...10_000).contains(count) else {
            throw Failure(.invalidArgument, "count has to be an integer from 1 to 10000", details: ["field": "count"])
        }
        let created = try await service.create(
            try SessionRequest(body), count: count, caller: call.caller, idempotencyKey: try call.idempotencyKey())
        var bytes = Array(#"{"sessions":["#.utf8)
        for (place, session) in created.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: try await encoded(session))
        }
        bytes.append(contentsOf: "]}".utf8)
        return .json(bytes: bytes, status: 201)
    }

    private func encoded(_ session: CreatedSession) async throws(Failure) -> [UInt8] {
        let address = address
        guard session.reset?.isLarge == true else { return try session.encoded(address: address) }
        return try await offload { () throws(Failure) in try session.encoded(address: address) }
    }

    func list(_ call: Call) throws(Failure) -> HTTPResponse {
        let state = call.query("state")
        if let state, !SessionState.Phase.names.contains(state) {
            throw Failure(
                .invalidArgument, "there is no state \"\(state.prefix(100))\"",
                next: "states are \(SessionState.Phase.names.joined(separator: ", "))", details: ["field": "state"])
        }
        var filter = SessionFilter(state: state, environment: call.query("environment"))
        if let label = call.query("label") {
            let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            filter.label = (parts[0], parts.count > 1 ? parts[1] : nil)
        }
        let limit = try call.count("limit", default: 100)
        let page = try service.list(filter, cursor: call.query("cursor"), limit: limit, caller: call.caller)
        return .json([
            "sessions": .array(page.sessions.map { $0.json(address: address) }),
            "next": page.next.map(JSONValue.string) ?? .null,
        ])
    }

    func reset(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["seed", "options", "index"])
        let answer = try await service.reset(
            call.session(), seed: body.seed(), options: body.object("options"), index: body.index(), caller: call.caller
        )
        return try await encode(answer, call)
    }

    func step(_ call: Call) async throws(Failure) -> HTTPResponse {
        let id = try call.session()
        let request = call.request
        let step =
            request.body.count > Self.largeBody
            ? try await offload { () throws(Failure) in try SentStep(request) } : try SentStep(request)
        let answer = try await service.step(
            id, action: step.action, tensors: step.tensors, index: step.index, caller: call.caller)
        return try await encode(answer, call)
    }

    /// In bytes: what is larger is read away from the reactor.
    private nonisolated static let largeBody = 1 << 16

    func stepMany(_ call: Call) async throws(Failure) -> HTTPResponse {
        let body = try RequestBody(call.request, allowed: ["steps"], isOptional: false)
        let steps = try BatchStep.read(try body.raw("steps"))
        let caller = call.caller
        let id = call.id
        let running = BatchStep.chains(steps).map { chain in
            Task.immediate {
                var answers: [(place: Int, bytes: [UInt8])] = []
                for place in chain {
                    answers.append((place, await oneOfMany(steps[place], caller: caller, requestID: id)))
                }
                return answers
            }
        }
        var results = [[UInt8]](repeating: [], count: steps.count)
        for chain in running {
            for answer in await chain.value { results[answer.place] = answer.bytes }
        }
        var bytes = Array(#"{"results":["#.utf8)
        for (place, result) in results.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: result)
        }
        bytes.append(contentsOf: "]}".utf8)
        return .json(bytes: bytes)
    }

    private func oneOfMany(_ step: Result<BatchStep, Failure>, caller: Caller, requestID: String) async -> [UInt8] {
        do throws(Failure) {
            let step = try step.get()
            return try await service.step(step.session, action: step.action, index: step.index, caller: caller).json()
        } catch {
            return JSONValue.object(["error": errorObject(error, requestID: requestID)]).encoded()
        }
    }

    func render(_ call: Call) async throws(Failure) -> HTTPResponse {
        let accept = AcceptHeader(call.request.header("accept"))
        let pictures = accept.best(of: ["image/png", TensorForm.mediaType])
        let text = accept.quality(of: "text/plain")
        let frame = try await service.render(
            call.session(), mode: try mode(accept, pictures, text), row: try call.row(), caller: call.caller)
        switch frame {
        case .text(let frame):
            guard text > 0 else { throw Self.otherFrame("text/plain") }
            return HTTPResponse(
                status: 200, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(frame.utf8))
        case .pixels(let tensor):
            guard let pictures else { throw Self.otherFrame("image/png") }
            if pictures == TensorForm.mediaType {
                let bytes = try TensorForm.encode(.dict([("frame", .tensor(tensor))]))
                return HTTPResponse(status: 200, headers: [("Content-Type", pictures)], body: bytes)
            }
            let png = try await offload { () throws(Failure) in
                try Picture(shape: tensor.shape, pixels: tensor.bytes).png()
            }
            return HTTPResponse(status: 200, headers: [("Content-Type", pictures)], body: png)
        }
    }

    /// What the worker is asked for: its own mode where pictures and text are wanted as much.
    private func mode(_ accept: AcceptHeader, _ pictures: String?, _ text: Double) throws(Failure) -> String? {
        let quality = pictures.map(accept.quality) ?? 0
        if quality > text { return "rgb_array" }
        if quality < text { return "ansi" }
        if quality > 0 { return nil }
        throw Failure(
            .notAcceptable, "a frame is none of what Accept asks for",
            next: "accept one of image/png, text/plain, \(TensorForm.mediaType)")
    }

    private nonisolated static func otherFrame(_ type: String) -> Failure {
        Failure(.notAcceptable, "this environment renders \(type)", next: "send Accept: \(type)")
    }

    private func encode(_ answer: CallAnswer, _ call: Call) async throws(Failure) -> HTTPResponse {
        let asTensors = AcceptHeader.prefersTensors(call.request.header("accept"))
        let body: [UInt8]
        if answer.isLarge {
            body = try await offload { () throws(Failure) in try asTensors ? answer.tensorForm() : answer.json() }
        } else {
            body = try asTensors ? answer.tensorForm() : answer.json()
        }
        guard asTensors else { return .json(bytes: body) }
        return HTTPResponse(status: 200, headers: [("Content-Type", TensorForm.mediaType)], body: body)
    }
}

extension Call {
    func idempotencyKey() throws(Failure) -> String? {
        guard let key = request.header("idempotency-key") else { return nil }
        guard (1...256).contains(key.utf8.count) else {
            throw Failure(.invalidArgument, "the Idempotency-Key has to have 1 to 256 characters")
        }
        return key
    }

    /// A switch of the query; off where it is not there.
    func flag(_ name: String) throws(Failure) -> Bool {
        switch query(name) {
        case nil, "false": return false
        case "true": return true
        default:
            throw Failure(.invalidArgument, "\(name) has to be true or false", details: ["field": name])
        }
    }

    /// Of a vector session.
    fileprivate func row() throws(Failure) -> Int {
        guard let text = query("row") else { return 0 }
        guard let row = Int(text), row >= 0 else {
            throw Failure(.invalidArgument, "row has to be an integer from 0", details: ["field": "row"])
        }
        return row
    }

    func count(_ name: String, default fallback: Int) throws(Failure) -> Int {
        guard let text = query(name) else { return fallback }
        guard let value = Int(text), (1...1000).contains(value) else {
            throw Failure(.invalidArgument, "\(name) has to be an integer from 1 to 1000", details: ["field": name])
        }
        return value
    }
}

extension HTTPRequest {
    var isTensorForm: Bool { header("content-type")?.lowercased().hasPrefix(TensorForm.mediaType) ?? false }
}
