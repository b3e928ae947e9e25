import Foundations
import Glibc
import HTTP
import Reactor
import ScriptedSessions
import Sessions
import TestSupport
import Testing
import WebSocket
import Workers

@testable import WebSocketAPI

@Suite(.serialized, .timeLimit(.minutes(5)))
struct LoadTests {
    @Test func `a watcher that does not read costs neither the agent nor the memory, and is told what it missed`()
        async throws
    {
        var limits = WebSocketLimits()
        limits.queueMark = 256 << 10
        try await withBench(limits: limits) { bench in
            let session = try await bench.session()
            let text = String(repeating: "x", count: 64 << 10)
            await Self.answer(bench, info: #"{"text":"\#(text)"}"#)
            let watcher = try await Peer(bench, receiveBuffer: 64 << 10)
            _ = try await watcher.ask(#"{"id":1,"op":"watch","session":"\#(session)"}"#)
            let agent = try await Peer(bench)
            for number in 1...400 {
                let answer = try await agent.ask(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#)
                #expect(answer.hasPrefix(#"{"id":1,"result":{"index":\#(number),"#))
                #expect(await bench.hub.queuedBytes < 512 << 10)
            }
            var seen = 0
            while try await !watcher.next().text.contains(#""missed":"#) {
                seen += 1
                // What is read makes room for the next.
                _ = try await agent.ask(#"{"id":1,"op":"step","session":"\#(session)","action":1}"#)
            }
            #expect(seen > 0)
        }
    }

    @Test func `a client that asks and does not read is not read any more`() async throws {
        var limits = WebSocketLimits()
        limits.queueMark = 64 << 10
        limits.requests = 8
        try await withBench(limits: limits) { bench in
            let session = try await bench.session()
            await Self.answer(bench, info: #"{"text":"\#(String(repeating: "x", count: 64 << 10))"}"#)
            let peer = try await Peer(bench, receiveBuffer: 64 << 10)
            for number in 1...300 { peer.send(#"{"id":\#(number),"op":"step","session":"\#(session)","action":1}"#) }
            // Another client is served all the while.
            let other = try await Peer(bench)
            for _ in 0..<50 {
                #expect(
                    try await other.ask(#"{"id":1,"op":"attach","session":"\#(session)"}"#).hasPrefix(#"{"id":1,"re"#))
                #expect(await bench.hub.queuedBytes < 2 << 20)
            }
            for number in 1...300 {
                let answer = try await peer.next().text.prefix(40)
                #expect(answer.hasPrefix(#"{"id":\#(number),"result":{"index":\#(number),"#))
            }
        }
    }

    @Test func `many clients with a session each all get their answers`() async throws {
        let count = fuzzCases(sample: 200, all: 2000)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, rlim_t(2 * count + 500))
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        try await withBench(maxSessions: count) { bench in
            var peers: [Peer] = []
            for _ in 0..<count { peers.append(try await Peer(bench)) }
            for peer in peers { peer.send(#"{"id":1,"op":"create","environment":"test/Scripted","seed":1}"#) }
            var sessions: [String] = []
            for peer in peers {
                let answer = try await peer.next().text
                sessions.append(String(answer.dropFirst(#"{"id":1,"result":{"id":""#.count).prefix(36)))
            }
            #expect(await bench.hub.count == count)
            #expect(Set(sessions).count == count && sessions.allSatisfy { UniqueID($0) != nil })
            for step in 1...3 {
                for (peer, session) in zip(peers, sessions) {
                    peer.send(#"{"id":\#(step),"op":"step","session":"\#(session)","action":1}"#)
                }
                for peer in peers {
                    #expect(try await peer.next().text.hasPrefix(#"{"id":\#(step),"result":{"index":\#(step),"#))
                }
            }
        }
    }

    @Test func `no message makes the parser crash, hang or grow`() async {
        // In a process of its own: others would grow beside it.
        await #expect(processExitsWith: .success) {
            let session = "01a22f3f-3487-8001-beb2-da47fa5c0076"
            let texts = [
                #"{"id":1,"op":"step","session":"\#(session)","action":[1,2.5e3,{"a":null}],"index":7}"#,
                #"{"id":"a","op":"create","environment":"a/b@^1","seed":3,"params":{"x":[true]},"labels":{"a":"b"}}"#,
                #"{"op":"steps","steps":[{"session":"\#(session)","action":1},{"session":"\#(session)","action":"\u00e9"}]}"#,
                #"{"id":-5,"op":"render","session":"\#(session)","mode":"rgb_array"}"#,
                #"{"id":null,"op":"close","session":"\#(session)","now":false}"#,
            ].map { Array($0.utf8) }
            let header = Array(
                #"{"id":1,"op":"step","action":{"tensor":{"dtype":"float32","shape":[2],"offset":0,"nbytes":8}}}"#.utf8)
            let padded = header + [UInt8](repeating: 32, count: (64 - (header.count + 4) % 64) % 64)
            let tensors =
                withUnsafeBytes(of: UInt32(padded.count).littleEndian) { Array($0) } + padded
                + [UInt8](repeating: 0, count: 8)
            var random = FuzzGenerator(seed: 2)
            var (read, refused, before) = (0, 0, 0)
            let cases = fuzzCases()
            for number in 0..<cases {
                if number == cases / 10 { before = residentMemory() }
                let isBinary = number % 4 == 0
                let bytes = random.spoilt(isBinary ? [tensors] : texts)
                do throws(SocketRequest.Unreadable) {
                    let request = try Conversation.read(isBinary ? .binary(bytes) : .text(bytes))
                    _ = try? request.session()
                    _ = try? request.body.index()
                    read += 1
                } catch {
                    #expect(error.id.count <= 66)
                    refused += 1
                }
            }
            #expect(read > cases / 4 && refused > cases / 4)
            #expect(residentMemory() - before < 32 << 20)
        }
    }

    @Reactor
    private static func answer(_ bench: Bench, info: String) {
        bench.host().answer = { _ throws(HostProblem) in StepReply.scripted("[0.0,1]", info: info) }
    }
}
