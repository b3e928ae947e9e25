import JSON
import Reactor
import Testing

@testable import REST

@Reactor
struct TrainingSettingsTests {
    private func libraries(_ target: String) async throws -> [String] {
        let answer = await (try Bench()).call("GET", target)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["environment"] == "test/Scripted@1.0.0")
        return answer.json["settings"]?.array?.compactMap { $0["library"]?.string } ?? []
    }

    @Test(arguments: ["test/Scripted", "test%2FScripted", "Scripted-v1", "test/Scripted@%5E1.0"])
    func `training settings are found by any reference of the environment`(reference: String) async throws {
        #expect(try await libraries("/v1/environments/\(reference)/rl-config") == ["corral", "sb3"])
    }

    @Test func `training settings are narrowed by library and backend`() async throws {
        let path = "/v1/environments/test/Scripted/rl-config"
        #expect(try await libraries(path + "?library=sb3") == ["sb3"])
        #expect(try await libraries(path + "?backend=torch") == ["corral", "sb3"])
        #expect(try await libraries(path + "?backend=jax") == [])
        #expect(try await libraries(path + "?library=sb3&backend=torch") == ["sb3"])
        let answer = await (try Bench()).call("GET", path + "?library=sb3&backend=torch")
        #expect(answer.json["settings"]?[0]?["values"] == ["epochs": 10])
    }
}
