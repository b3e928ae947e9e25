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

    @Test func `a request that stands alone has headers that say what its body says`() throws {
        func message(_ method: String, _ params: String) throws -> MCPMessage {
            let text = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#
            guard case .call(let message) = try MCPMessage.read(Array(text.utf8)) else {
                throw MCPMessage.Problem.invalid
            }
            return message
        }
        func code(_ message: MCPMessage, _ headers: [String: String]) -> Int64? {
            do throws(StatelessRequest.Problem) { try StatelessRequest.check(message) { headers[$0] } } catch {
                return error.code
            }
            return nil
        }
        let key = "io.modelcontextprotocol/"
        let meta = #""_meta":{"\#(key)protocolVersion":"2026-07-28","\#(key)clientCapabilities":{}}"#
        let call = try message("tools/call", #"{"name":"act",\#(meta)}"#)
        let good = ["MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "act"]
        #expect(StatelessRequest.isMeant(call, header: nil) && code(call, good) == nil)
        #expect(code(call, good.merging(["Mcp-Name": "=?base64?YWN0?="]) { $1 }) == nil)
        for wrong in [("Mcp-Name", "observe"), ("Mcp-Name", "=?base64?!?="), ("Mcp-Method", "tools/list")] {
            #expect(code(call, good.merging([wrong.0: wrong.1]) { $1 }) == -32020)
        }
        let bare = try message("tools/list", "{}")
        #expect(!StatelessRequest.isMeant(bare, header: "2025-11-25"))
        #expect(StatelessRequest.isMeant(bare, header: "2026-07-28") && code(bare, good) == -32602)
    }

    @Test func `no message makes the parser crash, hang or grow`() async {
        // In a process of its own: others would grow beside it.
        await #expect(processExitsWith: .success) {
            let texts = [
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{}}}"#,
                #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
                #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"act","arguments":{"action":[1,2.5]}}}"#,
                #"{"jsonrpc":"2.0","id":4,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/x":[]}}}"#,
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
                        _ = try? StatelessRequest.check(message) { _ in message.method }
                    }
                    read += 1
                } catch { refused += 1 }
            }
            #expect(read > cases / 4 && refused > cases / 8)
            #expect(residentMemory() - before < 32 << 20)
        }
    }
}
