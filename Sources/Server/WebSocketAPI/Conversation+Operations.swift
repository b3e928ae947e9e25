import Foundations
import JSON
import Pictures
import REST
import Reactor
import Sessions
import Spaces

extension Conversation {
    func run(_ request: SocketRequest) async throws(Failure) -> SocketAnswer {
        switch request.operation {
        case .step:
            let answer = try await service.step(
                try request.session(), action: Array(try request.body.raw("action")), index: try request.body.index(),
                caller: caller)
            return try self.answer(answer, request)
        case .reset:
            let answer = try await service.reset(
                try request.session(), seed: try request.body.seed(), options: try request.body.object("options"),
                index: try request.body.index(), caller: caller)
            return try self.answer(answer, request)
        case .steps: return try await stepMany(request)
        case .create: return try await create(request)
        case .attach:
            return SocketAnswer(try service.summary(request.session(), caller: caller).json(address: address))
        case .render: return try await render(request)
        case .interrupt:
            try service.interrupt(request.session(), caller: caller)
            return SocketAnswer([:])
        case .keepalive:
            let end = try service.keepAlive(request.session(), caller: caller)
            return SocketAnswer(["expires_at": .string(end.rfc3339)])
        case .close:
            let summary = try await service.close(request.session(), caller: caller)
            return SocketAnswer(["id": .string("\(summary.id)"), "state": .string(summary.phase.name)])
        case .fork:
            let forked = try await service.fork(
                try request.session(), count: try request.body.integer("count") ?? 1, seed: try request.body.seed(),
                caller: caller, idempotencyKey: try idempotencyKey(request))
            return SocketAnswer(forked.json(address: address))
        case .watch: return try watch(request)
        case .unwatch:
            watches.removeValue(forKey: try request.session())?.cancel()
            return SocketAnswer([:])
        case .logs:
            let lines = try request.body.integer("lines") ?? 100
            guard (1...1000).contains(lines) else {
                throw Failure(
                    .invalidArgument, "lines has to be an integer from 1 to 1000", details: ["field": "lines"])
            }
            let logs = try service.logs(request.session(), last: lines, caller: caller)
            return SocketAnswer(["lines": .array(logs.map(JSONValue.string))])
        case .usage: return SocketAnswer(try await service.usage(request.session(), caller: caller).json)
        }
    }

    private func answer(_ answer: CallAnswer, _ request: SocketRequest) throws(Failure) -> SocketAnswer {
        request.isBinary ? SocketAnswer(try answer.split()) : SocketAnswer(json: try answer.json())
    }

    private func create(_ request: SocketRequest) async throws(Failure) -> SocketAnswer {
        let body = request.body
        let key = try idempotencyKey(request)
        let count = try body.integer("count")
        if let count, !(1...10_000).contains(count) {
            throw Failure(.invalidArgument, "count has to be an integer from 1 to 10000", details: ["field": "count"])
        }
        let created = try await service.create(
            try SessionRequest(body), count: count ?? 1, caller: caller, idempotencyKey: key)
        if count == nil, let only = created.first { return SocketAnswer(json: try only.encoded(address: address)) }
        var bytes = Array(#"{"sessions":["#.utf8)
        for (place, session) in created.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: try session.encoded(address: address))
        }
        return SocketAnswer(json: bytes + Array("]}".utf8))
    }

    private func idempotencyKey(_ request: SocketRequest) throws(Failure) -> String? {
        let key = try request.body.string("idempotency_key")
        if let key, !(1...256).contains(key.utf8.count) {
            throw Failure(.invalidArgument, "the idempotency_key has to have 1 to 256 bytes")
        }
        return key
    }

    private func stepMany(_ request: SocketRequest) async throws(Failure) -> SocketAnswer {
        let steps = try BatchStep.read(try request.body.raw("steps"))
        let running = BatchStep.chains(steps).map { chain in Task.immediate { await self.chain(chain, of: steps) } }
        var results = [[UInt8]](repeating: [], count: steps.count)
        for chain in running { for answer in await chain.value { results[answer.place] = answer.bytes } }
        return SocketAnswer(json: Array(#"{"results":["#.utf8) + results.joined(separator: ",".utf8) + Array("]}".utf8))
    }

    /// The steps of one session, one after the other.
    private func chain(
        _ places: [Int], of steps: [Result<BatchStep, Failure>]
    ) async -> [(place: Int, bytes: [UInt8])] {
        var session: UniqueID?
        if let first = places.first, case .success(let step) = steps[first] { session = step.session }
        if let session { await lanes.enter(session) }
        defer { if let session { lanes.leave(session) } }
        var answers: [(place: Int, bytes: [UInt8])] = []
        for place in places { answers.append((place, await one(steps[place]))) }
        return answers
    }

    private func one(_ step: Result<BatchStep, Failure>) async -> [UInt8] {
        do throws(Failure) {
            let step = try step.get()
            return try await service.step(step.session, action: step.action, index: step.index, caller: caller).json()
        } catch {
            let problem = errorObject(error, requestID: RequestJournal.newRequestID())
            return JSONValue.object(["error": problem]).encoded()
        }
    }

    private func render(_ request: SocketRequest) async throws(Failure) -> SocketAnswer {
        let mode = try request.body.string("mode")
        guard mode == nil || mode == "rgb_array" || mode == "ansi" else {
            throw Failure(
                .invalidArgument, "there is no mode \"\((mode ?? "").prefix(100))\"", next: "use rgb_array or ansi",
                details: ["field": "mode"])
        }
        let frame = try await service.render(try request.session(), mode: mode, caller: caller)
        return try await Self.answer(frame, isBinary: request.isBinary)
    }

    /// `{"text":…}`, or of pixels `{"frame":…}` in tensor form and `{"png":"Base64"}` in JSON.
    static func answer(_ frame: Frame, isBinary: Bool) async throws(Failure) -> SocketAnswer {
        switch frame {
        case .text(let text): return SocketAnswer(["text": .string(text)])
        case .pixels(let tensor):
            if isBinary { return SocketAnswer(SplitJSON(.dict([("frame", .tensor(tensor))]))) }
            let png = try await offload { () throws(Failure) in
                Base64.encode(try Picture(shape: tensor.shape, pixels: tensor.bytes).png())
            }
            return SocketAnswer(json: Array(#"{"png":""#.utf8) + png.utf8 + Array(#""}"#.utf8))
        }
    }
}
