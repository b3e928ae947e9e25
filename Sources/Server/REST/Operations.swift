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
        return .json(bytes: try created[0].encoded(address: address), status: 201)
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
            bytes.append(contentsOf: try session.encoded(address: address))
        }
        bytes.append(contentsOf: "]}".utf8)
        return .json(bytes: bytes, status: 201)
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
        return try encode(answer, call)
    }

    func step(_ call: Call) async throws(Failure) -> HTTPResponse {
        let id = try call.session()
        let (action, index) = try call.request.isTensorForm ? tensorStep(call) : jsonStep(call)
        return try encode(try await service.step(id, action: action, index: index, caller: call.caller), call)
    }

    private func jsonStep(_ call: Call) throws(Failure) -> (action: [UInt8], index: Int?) {
        let body = try RequestBody(call.request, allowed: ["action", "index"], isOptional: false)
        return (Array(try body.raw("action")), try body.index())
    }

    private func tensorStep(_ call: Call) throws(Failure) -> (action: [UInt8], index: Int?) {
        let json = try TensorForm.decode(call.request.body).joined()
        let body = try RequestBody(json, allowed: ["action", "index"])
        return (Array(try body.raw("action")), try body.index())
    }

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
            call.session(), mode: try mode(accept, pictures, text), caller: call.caller)
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

    private func encode(_ answer: CallAnswer, _ call: Call) throws(Failure) -> HTTPResponse {
        if AcceptHeader(call.request.header("accept")).prefersTensors {
            return HTTPResponse(
                status: 200, headers: [("Content-Type", TensorForm.mediaType)], body: try answer.tensorForm())
        }
        return .json(bytes: try answer.json())
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
