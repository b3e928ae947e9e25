import Foundations
import Reactor
import Sessions
import TestSupport
import Testing
import WebSocket

@testable import WebSocketAPI

@Suite(.serialized, .timeLimit(.minutes(1)))
struct ConversationTests {
    @Test func `a ping is answered while an environment steps`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            let peer = try await Peer(bench)
            await bench.host().gate.shut()
            peer.send(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#)
            await bench.host().gate.reached()
            peer.send(0x89, [7])
            #expect(try await peer.next() == WebSocketPeer.Frame(opcode: 10, payload: [7]))
            await bench.host().gate.open()
            #expect(try await peer.next().text.hasPrefix(#"{"id":1,"result":{"index":1,"#))
        }
    }

    @Test func `requests of one session are taken in order, those of another meanwhile`() async throws {
        try await withBench { bench in
            let (first, second) = (try await bench.session(), try await bench.session())
            let peer = try await Peer(bench)
            await bench.host().gate.shut()
            peer.send(#"{"id":1,"op":"step","session":"\#(first)","action":1}"#)
            peer.send(#"{"id":2,"op":"step","session":"\#(first)","action":0}"#)
            peer.send(#"{"id":"other","op":"step","session":"\#(second)","action":0}"#)
            #expect(try await peer.next().text.hasPrefix(#"{"id":"other","result":{"index":1,"#))
            await bench.host().gate.open()
            #expect(try await peer.next().text.hasPrefix(#"{"id":1,"result":{"index":1,"#))
            #expect(try await peer.next().text.hasPrefix(#"{"id":2,"result":{"index":2,"#))
            #expect(await bench.host().calls.suffix(2) == [.step("1"), .step("0")])
        }
    }

    @Test func `steps of several sessions wait for what was asked of them before`() async throws {
        try await withBench { bench in
            let (first, second) = (try await bench.session(), try await bench.session())
            let peer = try await Peer(bench)
            peer.send(#"{"id":1,"op":"step","session":"\#(first)","action":1}"#)
            let steps = [first, second, first].map { #"{"session":"\#($0)","action":0}"# }.joined(separator: ",")
            peer.send(#"{"id":2,"op":"steps","steps":[\#(steps)]}"#)
            #expect(try await peer.next().text.hasPrefix(#"{"id":1,"result":{"index":1,"#))
            let text = try await peer.next().text
            #expect(text.hasPrefix(#"{"id":2,"result":{"results":[{"index":2,"#))
            #expect(text.contains(#"{"index":1,"#) && text.contains(#"{"index":3,"#))
        }
    }

    @Test func `a step whose connection was lost is answered over the next one, and was taken once`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            await bench.host().gate.shut()
            do {
                let peer = try await Peer(bench)
                peer.send(#"{"id":1,"op":"step","session":"\#(session)","action":1,"index":1}"#)
                await bench.host().gate.reached()
            }
            let peer = try await Peer(bench)
            peer.send(#"{"id":1,"op":"step","session":"\#(session)","action":1,"index":1}"#)
            #expect(try await peer.ask(#"{"id":9,"op":"attach","session":"\#(session)"}"#).contains(#""index":0,"#))
            await bench.host().gate.open()
            #expect(try await peer.next().text.hasPrefix(#"{"id":1,"result":{"index":1,"#))
            #expect(
                try await peer.ask(#"{"id":2,"op":"step","session":"\#(session)","action":1,"index":1}"#)
                    .hasPrefix(#"{"id":2,"result":{"index":1,"#))
            #expect(await bench.host().calls.count(where: { $0 == .step("1") }) == 1)
        }
    }

    @Test func `an interrupt and a close with now do not wait for the running step`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            let peer = try await Peer(bench)
            await bench.host().gate.shut()
            peer.send(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#)
            await bench.host().gate.reached()
            #expect(
                try await peer.ask(#"{"id":2,"op":"interrupt","session":"\#(session)"}"#) == #"{"id":2,"result":{}}"#)
            peer.send(#"{"id":3,"op":"close","session":"\#(session)","now":true}"#)
            let answers = [try await peer.next().text, try await peer.next().text]
            #expect(answers.contains { $0.hasPrefix(#"{"id":1,"error":{"code":"session_closed""#) })
            #expect(answers.contains { $0 == #"{"id":3,"result":{"id":"\#(session)","state":"closed"}}"# })
        }
    }

    @Test(arguments: [
        ("nonsense", "malformed_json"), ("[]", "invalid_argument"), (#"{"id":{}}"#, "invalid_argument"),
        (#"{"op":"fly"}"#, "invalid_argument"), (#"{"op":"step"}"#, "invalid_argument"),
        (#"{"op":"step","session":"x","action":1}"#, "not_found"),
        (#"{"op":"attach","session":7}"#, "invalid_argument"),
        (#"{"op":"create","environment":"test/None"}"#, "not_found"), (#"{"op":"step","tempo":1}"#, "invalid_argument"),
    ]) func `what is wrong with a request is told, and the connection goes on`(_ text: String, _ code: String)
        async throws
    {
        try await withBench { bench in
            let peer = try await Peer(bench)
            #expect(try await peer.ask(text).hasPrefix(#"{"id":null,"error":{"code":"\#(code)","#))
            let created = try await peer.ask(#"{"id":-3,"op":"create","environment":"test/Scripted","seed":1}"#)
            #expect(created.hasPrefix(#"{"id":-3,"result":{"id":"#))
        }
    }

    @Test func `a request in tensor form is answered in it`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            let peer = try await Peer(bench)
            let text = Array(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#.utf8)
            peer.send(0x82, withUnsafeBytes(of: UInt32(text.count).littleEndian) { Array($0) } + text)
            let frame = try await peer.next()
            #expect(frame.opcode == 2 && frame.text.contains(#""observation":{"tensor":{"dtype":"float32""#))
            #expect(frame.payload.count % 64 == 8)
        }
    }

    @Test func `the server's stop lets a running step end and closes with 1001`() async throws {
        try await withBench { bench in
            let session = try await bench.session()
            let peer = try await Peer(bench)
            await bench.host().gate.shut()
            peer.send(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#)
            await bench.host().gate.reached()
            let stop = Task { await bench.hub.drain(grace: .seconds(20)) }
            await bench.host().gate.open()
            #expect(try await peer.next().text.hasPrefix(#"{"id":1,"result""#))
            let end = try await peer.next()
            #expect(end.opcode == 8 && end.closeCode == 1001)
            peer.send(0x88, [0x03, 0xe9])
            await stop.value
            #expect(await bench.hub.count == 0)
        }
    }
}
