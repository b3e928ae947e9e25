import Foundations
import TestSupport
import Testing

@testable import MCP

struct MessageTests {
    @Test func `a path leads to an environment or a session`() {
        #expect(MCPDoor.Target("/v1/mcp/classic/CartPole") == .environment("classic/CartPole"))
        #expect(MCPDoor.Target("/v1/mcp/a%2Fb@1.0.0") == .environment("a/b@1.0.0"))
        let id = "01a22f3f-3487-8001-beb2-da47fa5c0076"
        #expect(MCPDoor.Target("/v1/sessions/\(id)/mcp") == UniqueID(id).map(MCPDoor.Target.session))
        for path in ["/v1/mcp", "/v1/sessions/x/mcp", "/v1/mcp/a/b/c", "/v1/sessions/\(id)/step"] {
            #expect(MCPDoor.Target(path) == nil)
        }
    }

    @Test func `no message makes the parser crash, hang or grow`() async {
        // In a process of its own: others would grow beside it.
        await #expect(processExitsWith: .success) {
            let texts = [
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"act","arguments":{"action":[1,2.5]}}}"#,
                #"{"jsonrpc":"2.0","id":3,"result":{}}"#,
            ].map { Array($0.utf8) }
            var random = FuzzGenerator(seed: 4)
            var (read, refused, before) = (0, 0, 0)
            let cases = fuzzCases()
            for number in 0..<cases {
                if number == cases / 10 { before = residentMemory() }
                do throws(MCPMessage.Problem) {
                    if case .call(let message) = try MCPMessage.read(random.spoilt(texts)) {
                        _ = MCPTools.action(message.params["arguments"]?.object ?? [:], in: nil)
                    }
                    read += 1
                } catch { refused += 1 }
            }
            #expect(read > cases / 4 && refused > cases / 8)
            #expect(residentMemory() - before < 32 << 20)
        }
    }
}
