import Reactor
import Testing

@testable import Workers

private let okV1 = #"{"status":"ok","observation":"o","reward":1,"done":false}"#

private func okV2(_ id: Int) -> String {
    #"{"id":\#(id),"status":"ok","observation":0,"reward":1,"terminated":false,"truncated":false,"info":{}}"#
}

@Reactor
struct ConnectionV1Tests {
    @Test func `prints of libraries around a reply go to the log`() async throws {
        let peer = try Peer(.v1)
        let answer = await peer.step("Loading level\n\n   \r\nwarning: old JVM \(okV1)\n")
        #expect(answer.value?.members.string("observation") == "o")
        #expect(peer.connection.log.lines(last: 5) == ["Loading level", "warning: old JVM "])
        #expect(peer.connection.problem == nil)
    }

    @Test func `prints between two commands go to the log`() async throws {
        let peer = try Peer(.v1)
        _ = await peer.step(okV1 + "\nstill alive\nhalf a li")
        let answer = await peer.step("ne\n" + okV1 + "\n")
        #expect(answer.value != nil)
        #expect(peer.connection.log.lines(last: 5) == ["still alive", "half a line"])
    }

    @Test(arguments: [
        "{not json}\n", "{\"status\":\"ok\"\n", "x {\"a\":1} y\n", "{\"status\":\"ok\"} {}\n", "{\"reward\":NaN}\n",
        "{\"a\":1,\"a\":2}\n", "{\"observation\":\"\\ud800\"}\n",
    ]) func `a line that begins an object but is none ends the session`(line: String) async throws {
        let peer = try Peer(.v1)
        guard case .malformed = await peer.step(line).problem else {
            Issue.record("accepted")
            return
        }
        #expect(peer.problems.count == 1)
        #expect(await peer.ask().problem == peer.problems.first)
    }

    @Test func `of three replies to one command none answers the next`() async throws {
        let peer = try Peer(.v1)
        let first = await peer.step(String(repeating: okV1 + "\n", count: 3))
        #expect(first.value != nil)
        #expect(await peer.ask().problem == .malformed("a reply that nobody asked for"))
        #expect(peer.problems == [.malformed("a reply that nobody asked for")])
    }

    @Test(arguments: [okV1 + "\n", okV1, "noise {", "noise\n" + okV1])
    func `a reply that waits in the socket does not answer the next command`(early: String) async throws {
        let peer = try Peer(.v1)
        #expect(await peer.step(okV1 + "\n").value != nil)
        // Both happen before the reactor looks at the socket.
        peer.say(early)
        #expect(await peer.ask().problem == .malformed("a reply that nobody asked for"))
    }

    @Test func `a late reply answers nothing`() async throws {
        let peer = try Peer(.v1)
        let first = await peer.step(timeout: .milliseconds(5), "")
        #expect(first.problem == .timeout)
        #expect(await peer.ask().problem == .timeout)
        #expect(peer.problems == [.timeout])
    }

    @Test func `a code point that is cut in two arrives whole`() async throws {
        let peer = try Peer(.v1)
        let line = bytes(#"{"status":"ok","observation":"é€😀"}"# + "\n")
        let answer = await peer.exchange { for byte in line { peer.say([byte]) } }
        #expect(answer.value?.members.string("observation") == "é€😀")
    }
}

@Reactor
struct ConnectionV2Tests {
    @Test func `each command gets the reply with its id`() async throws {
        let peer = try Peer(.v2)
        for id in 1...3 { #expect(await peer.step(okV2(id) + "\n").value?.members.integer("id") == id) }
        #expect(peer.connection.problem == nil && peer.connection.commandInFlight == nil)
    }

    @Test(arguments: [
        okV2(2), okV2(0), #"{"status":"ok"}"#, #"{"id":"1","status":"ok"}"#, #"{"id":null,"status":"ok"}"#,
        #"{"id":1.5,"status":"ok"}"#, #"{"id":18446744073709551617,"status":"ok"}"#, "print", "[1]", "1", "null", "{}",
        "{",
        #"{"id":1,"id":1}"#, #"{"id":2,"event":"output"}"#,
    ]) func `a reply with another id or none ends the session`(line: String) async throws {
        let peer = try Peer(.v2)
        guard case .malformed = await peer.step(line + "\n").problem else {
            Issue.record("accepted")
            return
        }
        #expect(await peer.ask().problem == peer.problems.first)
    }

    @Test func `three replies to one command end the session after the first`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.step([okV2(1), okV2(1), okV2(2)].joined(separator: "\n") + "\n")
        #expect(answer.value != nil)
        #expect(await peer.ask().problem == .malformed("a reply that nobody asked for"))
    }

    @Test func `a reply to an earlier command does not answer a later one`() async throws {
        let peer = try Peer(.v2)
        _ = await peer.step(okV2(1) + "\n")
        #expect(await peer.step(okV2(1) + "\n").problem != nil)
    }

    @Test func `a worker that exits in mid-reply gives no answer`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.exchange {
            peer.say(#"{"id":1,"status":"ok","observ"#)
            peer.exit()
        }
        #expect(answer.problem == .ended)
        #expect(peer.problems == [.ended])
    }

    @Test func `a worker that replies and exits has replied`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.exchange {
            peer.say(okV2(1) + "\n")
            peer.exit()
        }
        #expect(answer.value != nil)
    }

    @Test func `a line without end is cut off at the limit`() async throws {
        let peer = try Peer(.v2, lineLimit: 1000)
        #expect(await peer.step(String(repeating: "x", count: 1001)).problem == .lineTooLong(limit: 1000))
        let other = try Peer(.v2, lineLimit: 1000)
        #expect(
            await other.step("{" + String(repeating: " ", count: 100_000) + "}\n").problem == .lineTooLong(limit: 1000))
    }

    @Test func `deep nesting is refused and traps nothing`() async throws {
        let depth = 200_000
        let peer = try Peer(.v2)
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        guard
            case .malformed(let reason) = await peer.step(#"{"id":1,"status":"ok","observation":\#(nested)}"# + "\n")
                .problem
        else {
            Issue.record("accepted")
            return
        }
        #expect(reason.contains("nesting"))
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], Array(#""\ud800""#.utf8),
            Array(#""\udc00\ud800""#.utf8), [0x22, 0x01, 0x22],
        ] as [[UInt8]]) func `text that is no Unicode ends the session`(string: [UInt8]) async throws
    {
        let peer = try Peer(.v2)
        let answer = await peer.exchange {
            peer.say(bytes(#"{"id":1,"status":"ok","observation":"#) + string + bytes("}\n"))
        }
        guard case .malformed = answer.problem else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `events come before their reply and only while it is awaited`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.step(
            #"{"id":1,"event":"output","data":"x"}"# + "\n" + #"{"id":1,"event":"progress","value":0.5}"# + "\n"
                + okV2(1)
                + "\n" + #"{"id":1,"event":"output"}"# + "\n")
        #expect(answer.value != nil)
        #expect(peer.events == ["output", "progress"])
        #expect(await peer.ask().problem == .malformed("a reply that nobody asked for"))
    }

    @Test func `an interrupt names the command in flight and is answered by its reply`() async throws {
        let peer = try Peer(.v2)
        peer.connection.interrupt()
        let worker = Task {
            let command = await peer.line()
            peer.connection.interrupt()
            let interrupt = await peer.line()
            peer.say(#"{"id":1,"status":"error","code":"interrupted","message":"stopped"}"# + "\n")
            return (command, interrupt)
        }
        let answer = await peer.ask()
        #expect(answer.value?.members.string("code") == "interrupted")
        let (command, interrupt) = await worker.value
        #expect(command == #"{"cmd":"step","id":1,"action":1}"#)
        #expect(interrupt == #"{"cmd":"interrupt","id":1}"#)
    }

    @Test func `a command longer than the limit is not sent and the session goes on`() async throws {
        let peer = try Peer(.v2, lineLimit: 200)
        do throws(WorkerConnection.Problem) {
            _ = try await peer.connection.exchange(timeout: .seconds(30)) {
                WorkerCommand.step(id: $0, action: [UInt8](repeating: UInt8(ascii: "1"), count: 201))
            }
            Issue.record("sent")
        } catch { #expect(error == .commandTooLong(limit: 200)) }
        #expect(await peer.step(okV2(2) + "\n").value != nil)
    }

    @Test func `closing answers the command in flight and tells nobody else`() async throws {
        let peer = try Peer(.v2)
        let worker = Task {
            _ = await peer.line()
            peer.connection.close()
        }
        #expect(await peer.ask().problem == .closed)
        await worker.value
        #expect(peer.problems.isEmpty)
        #expect(await peer.ask().problem == .closed)
        #expect(await peer.line() == nil)
    }

    @Test func `what a worker said last is in the log when it ends`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.exchange {
            peer.complain("Traceback\nValueError: no\n")
            peer.exit()
        }
        #expect(answer.problem == .ended)
        #expect(peer.connection.log.lines(last: 20) == ["Traceback", "ValueError: no"])
    }

    @Test func `a connection that nobody holds any more does not mind its worker's end`() async throws {
        let pair = try Descriptor.socketPair()
        let pipe = try Descriptor.pipe()
        let worker = try Channel(pair.second)
        do {
            _ = WorkerConnection(
                channel: try Channel(pair.first), errors: try Channel(pipe.first), dialect: .v2, lineLimit: 100)
        }
        worker.send(bytes("hello\n"))
        worker.close()
        let other = try Peer(.v2)
        #expect(await other.step(okV2(1) + "\n").value != nil)
    }
}

@Reactor
struct ConnectionBuffersTests {
    private func line(_ buffers: String) -> String {
        #"{"id":1,"status":"ok","observation":null,"info":{},"buffers":\#(buffers)}"# + "\n"
    }

    @Test(arguments: [1, 3, 1000]) func `arrays follow their line however the stream is cut`(size: Int) async throws {
        let peer = try Peer(.v2)
        let stream = bytes(line(#"[{"name":"/observation","dtype":"uint8","shape":[4]}]"#)) + [10, 123, 10, 0]
        let answer = await peer.exchange {
            for start in stride(from: 0, to: stream.count, by: size) {
                peer.say(Array(stream[start..<min(start + size, stream.count)]))
            }
        }
        #expect(answer.value?.tensors["/observation"]?.bytes == [10, 123, 10, 0])
        #expect(await peer.step(okV2(2) + "\n").value != nil)
    }

    @Test func `a worker that exits among its arrays gives no answer`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.exchange {
            peer.say(line(#"[{"name":"/observation","dtype":"uint8","shape":[4]}]"#) + "ab")
            peer.exit()
        }
        #expect(answer.problem == .ended)
    }

    @Test func `arrays beyond the limit end the session before they come`() async throws {
        let peer = try Peer(.v2, lineLimit: 1000)
        let answer = await peer.step(line(#"[{"name":"/observation","dtype":"uint8","shape":[1001]}]"#))
        #expect(answer.problem == .malformed("the buffers of one reply are larger than 1000 bytes"))
    }

    @Test func `bytes after the arrays are the next line`() async throws {
        let peer = try Peer(.v2)
        let answer = await peer.step(
            line(#"[{"name":"/observation","dtype":"uint8","shape":[1]}]"#) + "x" + okV2(2) + "\n")
        #expect(answer.value != nil)
        #expect(await peer.ask().problem == .malformed("a reply that nobody asked for"))
    }
}
