import Foundations
import HTTP
import JSON
import REST
import Reactor
import Sessions
import Spaces
import WebSocket

/// One client's WebSocket: reads its requests, has them done, and answers each.
///
/// It owns no session: what it started goes on when the connection is lost.
@Reactor
final class Conversation {
    let service: SessionService
    let caller: Caller
    let connection: WebSocketConnection
    let address: String
    let lanes = SessionLanes()
    var watches: [UniqueID: SessionWatch] = [:]
    private let counts: SocketCounts

    init(
        _ connection: WebSocketConnection, service: SessionService, caller: Caller, address: String,
        counts: SocketCounts
    ) {
        self.connection = connection
        self.service = service
        self.caller = caller
        self.address = address
        self.counts = counts
    }

    func begin() {
        connection.onMessage = { self.receive($0) }
        connection.onEnd = {
            for watch in self.watches.values { watch.cancel() }
            self.watches = [:]
        }
    }

    func receive(_ message: WebSocketConnection.Message) {
        let request: SocketRequest
        do throws(SocketRequest.Unreadable) {
            request = try Self.read(message)
        } catch {
            let isBinary = if case .binary = message { true } else { false }
            counts.count("none", error.failure.code.rawValue)
            connection.send(SocketAnswer.error(error.failure, id: error.id, isBinary: isBinary), isText: !isBinary)
            return
        }
        connection.requestBegan()
        Task.immediate { await self.perform(request) }
    }

    /// Reads one message; what is wrong with it is told with the id of the request if that could be read.
    nonisolated static func read(
        _ message: WebSocketConnection.Message
    ) throws(SocketRequest.Unreadable) -> SocketRequest {
        switch message {
        case .text(let bytes): return try SocketRequest(bytes, isBinary: false)
        case .binary(let bytes):
            let json: [UInt8]
            do throws(Failure) { json = try TensorForm.decode(bytes).joined() } catch {
                throw SocketRequest.Unreadable(id: SocketRequest.none, failure: error)
            }
            return try SocketRequest(json, isBinary: true)
        }
    }

    private func perform(_ request: SocketRequest) async {
        defer { connection.requestEnded() }
        let code: String
        do throws(Failure) {
            try caller.admit()
            let message = try await inTurn(request)
            code = "ok"
            connection.send(message, isText: !request.isBinary)
        } catch {
            code = error.code.rawValue
            connection.send(
                SocketAnswer.error(error, id: request.id, isBinary: request.isBinary), isText: !request.isBinary)
        }
        counts.count(request.operation.rawValue, code)
    }

    private func inTurn(_ request: SocketRequest) async throws(Failure) -> [UInt8] {
        guard request.operation.isInTurn, try !request.body.bool("now", default: false) else {
            return try message(try await run(request), for: request)
        }
        let session = try request.session()
        await lanes.enter(session)
        defer { lanes.leave(session) }
        return try message(try await run(request), for: request)
    }

    private func message(_ answer: SocketAnswer, for request: SocketRequest) throws(Failure) -> [UInt8] {
        var head = Array(#"{"id":"#.utf8)
        head.append(contentsOf: request.id)
        head.append(contentsOf: #","result":"#.utf8)
        return try answer.message(head: head, member: "result", isBinary: request.isBinary)
    }
}
