import Foundations
import GRPC
import Pictures
import Protos
import Reactor
import Sandboxes
import Sessions

extension GRPCDoor {
    /// Those that look at sessions, keep, end and copy them.
    var sessionCommands: [GRPCMethod] {
        [
            desk.unary(CorralV1.SessionsService.render) {
                [self] (request: CorralV1.RenderRequest, visit) async throws(Failure) in
                try await render(request, visit.caller)
            },
            desk.unary(CorralV1.SessionsService.interrupt) {
                [self] (request: CorralV1.InterruptRequest, visit) async throws(Failure) in
                try service.interrupt(try sessionID(request.session), caller: visit.caller)
                return CorralV1.InterruptResponse()
            },
            desk.unary(CorralV1.SessionsService.keepAlive) {
                [self] (request: CorralV1.KeepAliveRequest, visit) async throws(Failure) in
                var response = CorralV1.KeepAliveResponse()
                response.expiresAt = try service.keepAlive(try sessionID(request.session), caller: visit.caller).rfc3339
                return response
            },
            desk.unary(CorralV1.SessionsService.logs) {
                [self] (request: CorralV1.LogsRequest, visit) async throws(Failure) in
                var response = CorralV1.LogsResponse()
                response.lines = try service.logs(
                    try sessionID(request.session), last: try pageLimit(request.lines, "lines"), caller: visit.caller)
                return response
            },
            desk.unary(CorralV1.SessionsService.usage) {
                [self] (request: CorralV1.UsageRequest, visit) async throws(Failure) in
                let usage = try await service.usage(try sessionID(request.session), caller: visit.caller)
                var response = CorralV1.UsageResponse()
                response.cpuSeconds = usage.processorTime / .seconds(1)
                response.memoryBytes = Int64(usage.memory)
                response.memoryPeakBytes = Int64(usage.peakMemory)
                response.pids = Int64(usage.processes)
                return response
            },
            desk.unary(CorralV1.SessionsService.close) {
                [self] (request: CorralV1.CloseRequest, visit) async throws(Failure) in
                let id = try sessionID(request.session)
                var response = CorralV1.CloseResponse()
                let closed: SessionSummary
                if request.branches {
                    let ended = try await service.closeBranches(of: id, caller: visit.caller)
                    (closed, response.branches) = (ended.session, Int64(ended.branches))
                } else {
                    closed = try await service.close(id, caller: visit.caller)
                }
                (response.id, response.state) = ("\(closed.id)", closed.phase.name)
                return response
            },
            desk.unary(CorralV1.SessionsService.fork) {
                [self] (request: CorralV1.ForkRequest, visit) async throws(Failure) in
                try await fork(request, visit.caller)
            },
        ]
    }

    private func fork(_ request: CorralV1.ForkRequest, _ caller: Caller) async throws(Failure) -> CorralV1.ForkResponse
    {
        if let seed = request.seed, seed < 0 {
            throw Failure(.invalidArgument, "seed has to be an integer from 0", details: ["field": "seed"])
        }
        let forked = try await service.fork(
            try sessionID(request.session), count: request.count == 0 ? 1 : Int(request.count), seed: request.seed,
            caller: caller, idempotencyKey: try idempotencyKey(request.idempotencyKey))
        var response = CorralV1.ForkResponse()
        response.sessions = forked.sessions.map { CorralV1.Session($0, address: address) }
        response.mechanism = forked.mechanism.rawValue
        response.exact = forked.mechanism.isCopy
        response.durationMs = forked.duration / .milliseconds(1)
        return response
    }

    private func render(_ request: CorralV1.RenderRequest, _ caller: Caller) async throws(Failure) -> CorralV1.Frame {
        let mode: String? =
            switch request.form {
            case .any: nil
            case .pixels, .png: "rgb_array"
            case .text: "ansi"
            case .unrecognized(let form):
                throw Failure(.invalidArgument, "there is no form \(form)", details: ["field": "form"])
            }
        var response = CorralV1.Frame()
        switch try await service.render(
            try sessionID(request.session), mode: mode, row: Int(request.row), caller: caller)
        {
        case .text(let text):
            guard request.form == .any || request.form == .text else {
                throw Failure(.notAcceptable, "this environment renders text", next: "ask for FORM_TEXT")
            }
            response.frame = .text(text)
        case .pixels(let tensor):
            guard request.form != .text else {
                throw Failure(.notAcceptable, "this environment renders pixels", next: "ask for FORM_PIXELS")
            }
            if request.form == .png {
                response.frame = .png(
                    try await offload { () throws(Failure) in
                        try Picture(shape: tensor.shape, pixels: tensor.bytes).png()
                    })
            } else {
                var pixels = CorralV1.Pixels()
                pixels.height = Int32(clamping: tensor.shape.first ?? 0)
                pixels.width = Int32(clamping: tensor.shape.dropFirst().first ?? 0)
                pixels.rgb = tensor.bytes
                response.frame = .pixels(pixels)
            }
        }
        return response
    }
}
