import Foundations
import HTTP
import JSON
import REST
import Reactor
import Sessions
import WebSocket
import WebSocketAPI

extension OpenEnvDoor {
    func openSocket(
        _ route: OpenEnvRoute, _ request: HTTPRequest, _ caller: Caller, requestID: String
    ) throws(Failure) -> HTTPResponse {
        let handshake: Handshake
        do throws(Handshake.Refusal) { handshake = try Handshake(request) } catch {
            return .refusal(error, requestID: requestID)
        }
        let wanted = request.query.last { $0.name == "session_id" }?.value
        return try hub.accept(handshake) { connection in
            let talk = OpenEnvTalk(
                connection, door: self, environment: route.environment, caller: caller, attachTo: wanted)
            talk.begin(isRPC: route.operation == .mcp)
        }
    }
}

/// One client's WebSocket, which is one session: messages are handled one after the other.
@Reactor
final class OpenEnvTalk {
    private let connection: WebSocketConnection
    private let door: OpenEnvDoor
    private let environment: String
    private let caller: Caller
    private let wanted: String?
    private var session: UniqueID?
    private var instance: String?
    /// The session is that of `openenv/session/create`, and stays.
    private var isAttached = false
    private var episode: String?
    private var firstIndex = 0
    private var hasEnded = false
    private var isRefused = false
    private var waiting: [@Reactor () async -> Void] = []
    private var isBusy = false

    init(
        _ connection: WebSocketConnection, door: OpenEnvDoor, environment: String, caller: Caller, attachTo: String?
    ) {
        self.connection = connection
        self.door = door
        self.environment = environment
        self.caller = caller
        wanted = attachTo
    }

    /// - Parameter isRPC: Only JSON-RPC is spoken, and needs no session.
    func begin(isRPC: Bool) {
        connection.onMessage = { self.received($0, isRPC: isRPC) }
        connection.onEnd = { self.ended() }
        if !isRPC { enqueue { await self.open() } }
    }

    private func received(_ message: WebSocketConnection.Message, isRPC: Bool) {
        guard case .text(let bytes) = message else { return connection.close(1003, "only text is understood") }
        do throws(Failure) { try caller.admit() } catch { return connection.close(1008, error.message) }
        enqueue {
            guard !isRPC else {
                let answer = await self.door.rpc(bytes, environment: self.environment, caller: self.caller)
                return self.connection.send(answer.encoded())
            }
            await self.handle(bytes)
        }
    }

    private func enqueue(_ work: @escaping @Reactor () async -> Void) {
        connection.requestBegan()
        guard !isBusy else { return waiting.append(work) }
        isBusy = true
        Task.immediate {
            await work()
            connection.requestEnded()
            while !waiting.isEmpty {
                let next = waiting.removeFirst()
                await next()
                connection.requestEnded()
            }
            isBusy = false
        }
    }

    private func open() async {
        if let wanted { return attach(wanted) }
        do throws(Failure) {
            try await start(instance: nil)
        } catch {
            let service = door.service
            connection.send(
                OpenEnvFrame.noSession(
                    error, environment: environment, active: service.liveSessions, most: service.limits.maxSessions))
            refuse()
        }
    }

    /// Lets the client read why before the connection ends: many send first and would only see that it is closed.
    private func refuse() {
        isRefused = true
        Reactor.schedule(at: .now + .seconds(1)) { [connection] in connection.close(1000) }
    }

    private func attach(_ text: String) {
        guard let id = UniqueID(text), let held = door.held[id], held.owner.tenant == caller.tenant else {
            connection.send(OpenEnvFrame.error("SESSION_ERROR", "Unknown session_id: \(text.prefix(100))"))
            return refuse()
        }
        guard !held.isAttached else {
            connection.send(OpenEnvFrame.error("SESSION_ERROR", "Session \(id) already has an attached WebSocket"))
            return refuse()
        }
        door.held[id]?.isAttached = true
        (session, isAttached) = (id, true)
        keepAlive()
    }

    /// Makes the session; one that its connection did not wait for ends at once.
    private func start(instance: String?) async throws(Failure) {
        let made = try await door.start(environment, instance: instance, caller)
        guard !hasEnded else {
            _ = try? await door.service.close(made, caller: caller)
            throw Failure(.interrupted, "the client is gone")
        }
        (session, self.instance) = (made, instance)
        keepAlive()
    }

    private func handle(_ bytes: [UInt8]) async {
        guard connection.isOpen, !isRefused else { return }
        do throws(OpenEnvMessage.Problem) {
            switch try OpenEnvMessage(bytes) {
            case .close: connection.close(1000)
            case .rpc(let call):
                let answer = await door.rpc(call, environment: environment, caller: caller)
                connection.send(OpenEnvFrame.data("mcp", answer.encoded()))
            case .state: await answer { () throws(Failure) in OpenEnvFrame.data("state", try self.state().encoded()) }
            case .reset(let data): try await reset(data)
            case .step(let data):
                await answer { () throws(Failure) in
                    let session = try self.open(for: "step")
                    let space = try self.door.service.summary(session, caller: self.caller).spaces?.action
                    let answer = try await self.door.service.step(
                        session, action: try OpenEnvValues.action(data, in: space), index: nil, caller: self.caller)
                    return OpenEnvFrame.data("observation", try OpenEnvValues.result(answer))
                }
            }
        } catch { connection.send(OpenEnvFrame.refusal(error)) }
    }

    private func reset(_ data: [UInt8]) async throws(OpenEnvMessage.Problem) {
        guard let object = (try? JSONValue(parsing: data))?.object else { throw .notJSON("a key stands twice") }
        let wanted = try OpenEnvReset(object, isChecked: false)
        await answer { () throws(Failure) in
            if let task = wanted.instance, task != self.instance, !self.isAttached {
                let old = self.session
                self.session = nil
                if let old { _ = try? await self.door.service.close(old, caller: self.caller) }
                try await self.start(instance: task)
            }
            let session = try self.open(for: "reset")
            let answer = try await self.door.service.reset(
                session, seed: wanted.seed, options: wanted.options, index: nil, caller: self.caller)
            self.firstIndex = answer.index
            self.episode = wanted.episode ?? "\(session):\(answer.episode)"
            return OpenEnvFrame.data("observation", try OpenEnvValues.result(answer))
        }
    }

    private func answer(_ make: @Reactor () async throws(Failure) -> [UInt8]) async {
        do throws(Failure) { connection.send(try await make()) } catch {
            connection.send(OpenEnvFrame.failure(error))
        }
    }

    private func state() throws(Failure) -> JSONValue {
        let summary = try door.service.summary(open(for: "state"), caller: caller)
        return [
            "episode_id": episode.map(JSONValue.string) ?? nil,
            "step_count": .integer(Int64(max(0, summary.index - firstIndex))), "session_id": .string("\(summary.id)"),
        ]
    }

    private func open(for call: String) throws(Failure) -> UniqueID {
        guard let session else { throw Failure(.failedPrecondition, "there is no session to \(call)") }
        return session
    }

    /// As long as the connection is there the session is in use.
    private func keepAlive() {
        Reactor.schedule(at: .now + door.service.limits.idleTimeout / 3) { [weak self] in
            guard let self, !self.hasEnded, let session = self.session else { return }
            _ = try? self.door.service.keepAlive(session, caller: self.caller)
            self.keepAlive()
        }
    }

    private func ended() {
        hasEnded = true
        guard let session else { return }
        let (service, caller) = (door.service, caller)
        if isAttached {
            let isClosing = door.held[session]?.isClosing ?? true
            door.held[session]?.isAttached = false
            guard isClosing else { return }
            door.held[session] = nil
        }
        Task { _ = try? await service.close(session, caller: caller) }
    }
}
