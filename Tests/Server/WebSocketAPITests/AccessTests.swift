import Foundations
import Reactor
import ScriptedSessions
import Sessions
import Testing
import Workers

@testable import WebSocketAPI

@Suite(.serialized, .timeLimit(.minutes(1)))
struct AccessTests {
    static let keys = [
        "owner": Caller(id: "owner", tenant: "t", roles: [.runner]),
        "watcher": Caller(id: "watcher", tenant: "t", roles: [.viewer]),
    ]

    @Test func `a key comes in a header or as a subprotocol`() async throws {
        try await withBench(keys: Self.keys) { bench in
            #expect(try await Peer(bench).answer.status == 401)
            #expect(try await Peer(bench, headers: ["Authorization: Bearer nobody"]).answer.status == 401)
            #expect(try await Peer(bench, headers: ["Authorization: Bearer owner"]).answer.status == 101)
            let offer = "Sec-WebSocket-Protocol: corral.v1, corral.key.\(Base64.encode(Array("owner".utf8)))"
            let peer = try await Peer(bench, headers: [offer])
            #expect(peer.answer.status == 101 && peer.answer.headers["sec-websocket-protocol"] == "corral.v1")
        }
    }

    @Test func `a page of another site may not connect`() async throws {
        try await withBench { (bench) async throws in
            #expect(try await Peer(bench, headers: ["Origin: https://evil.example"]).answer.status == 403)
            #expect(try await Peer(bench, headers: ["Origin: http://localhost:3000"]).answer.status == 101)
        }
    }

    @Test func `a watcher sees answers and the end, and may not step`() async throws {
        try await withBench(keys: Self.keys) { bench in
            let owner = try await Peer(bench, headers: ["Authorization: Bearer owner"])
            let created = try await owner.ask(#"{"id":1,"op":"create","environment":"test/Scripted","seed":1}"#)
            let session = try #require(
                created.firstRange(of: #""id":""#).flatMap { _ in
                    created.components("\"id\":\"").dropFirst().first.map { String($0.prefix(36)) }
                })
            let watcher = try await Peer(bench, headers: ["Authorization: Bearer watcher"])
            #expect(try await watcher.ask(#"{"id":1,"op":"watch","session":"\#(session)"}"#).contains(#""index":0"#))
            #expect(
                try await watcher.ask(#"{"id":2,"op":"step","session":"\#(session)","action":1}"#)
                    .hasPrefix(#"{"id":2,"error":{"code":"permission_denied""#))
            _ = try await owner.ask(#"{"id":2,"op":"step","session":"\#(session)","action":1}"#)
            #expect(
                try await watcher.next().text.hasPrefix(
                    #"{"event":"answer","session":"\#(session)","data":{"index":1,"episode":0,"observation":[0.0,1]"#))
            _ = try await owner.ask(#"{"id":3,"op":"render","session":"\#(session)"}"#)
            #expect(try await watcher.next().text.contains(#""event":"frame""#))
            _ = try await owner.ask(#"{"id":4,"op":"close","session":"\#(session)"}"#)
            #expect(try await watcher.next().text.contains(#""event":"ended""#))
        }
    }

    @Test func `who wants frames gets them though nobody draws, and the agent's next call waits for one`()
        async throws
    {
        try await withBench { bench in
            let session = try await bench.session()
            let host = await bench.host()
            let watcher = try await Peer(bench)
            let request = #"{"id":1,"op":"watch","session":"\#(session)","frames":true}"#
            #expect(try await watcher.ask(request).contains(#""index":0"#))
            #expect(
                try await watcher.next().text
                    == #"{"event":"frame","session":"\#(session)","data":{"text":"frame"}}"#)
            let agent = try await Peer(bench)
            let ask = { (number: Int) in #"{"id":\#(number),"op":"step","session":"\#(session)","action":1}"# }
            #expect(try await agent.ask(ask(1)).contains(#""index":1"#))
            #expect(try await watcher.next().text.contains(#""event":"answer""#))
            // The frame behind it, which is held up here while the agent asks for more.
            await host.gate.shut()
            await host.gate.reached()
            #expect(await host.calls.last == .render(nil))
            agent.send(ask(2))
            agent.send(#"{"id":3,"op":"attach","session":"\#(session)"}"#)
            #expect(try await agent.next().text.contains(#""id":3,"result":{"#))
            await host.gate.open()
            #expect(try await agent.next().text.contains(#""id":2,"result":{"index":2"#))
            #expect(try await watcher.next().text.contains(#""event":"frame""#))
            #expect(try await watcher.next().text.contains(#""index":2"#))
        }
    }

    @Test func `a session that cannot be drawn goes on, and is not asked to again`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            await Self.refuseFrames(of: bench)
            let watcher = try await Peer(bench)
            _ = try await watcher.ask(#"{"id":1,"op":"watch","session":"\#(session)","frames":true}"#)
            let agent = try await Peer(bench)
            for number in 1...3 {
                let step = #"{"id":1,"op":"step","session":"\#(session)","action":1}"#
                #expect(try await agent.ask(step).contains(#""index":\#(number)"#))
                #expect(try await watcher.next().text.contains(#""event":"answer""#))
            }
            #expect(await bench.host().calls.filter { $0 == .render(nil) }.count == 1)
        }
    }

    @Reactor
    private static func refuseFrames(of bench: Bench) {
        bench.host().frame = .failure(WorkerError(code: "unsupported", message: "it has no picture"))
    }
}

extension String {
    func components(_ separator: String) -> [Substring] { split(separator: separator) }
}
