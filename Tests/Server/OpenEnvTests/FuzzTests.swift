import TestSupport
import Testing

@testable import OpenEnv

struct FuzzTests {
    @Test func `no message makes the parser crash, hang or grow`() async {
        // In a process of its own: others would grow beside it.
        await #expect(processExitsWith: .success) {
            let texts = [
                #"{"type":"reset","data":{"seed":1,"episode_id":"e","instance":"a","x":[1,2,{"y":null}]}}"#,
                #"{"type":"step","data":{"message":"héllo \u00e9","metadata":{"a":1.5e-3}}}"#,
                #"{"type":"state"}"#, #"{"type":"close"}"#,
                #"{"type":"mcp","data":{"jsonrpc":"2.0","method":"tools/list","params":{},"id":1}}"#,
            ].map { Array($0.utf8) }
            var random = FuzzGenerator(seed: 3)
            var (read, refused, before) = (0, 0, 0)
            let cases = fuzzCases()
            for number in 0..<cases {
                if number == cases / 10 { before = residentMemory() }
                do throws(OpenEnvMessage.Problem) {
                    switch try OpenEnvMessage(random.spoilt(texts)) {
                    case .step(let data): _ = try? OpenEnvValues.action(data, in: nil)
                    default: break
                    }
                    read += 1
                } catch {
                    #expect(!OpenEnvFrame.refusal(error).isEmpty)
                    refused += 1
                }
            }
            #expect(read > cases / 4 && refused > cases / 8)
            #expect(residentMemory() - before < 32 << 20)
        }
    }
}
