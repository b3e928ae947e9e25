import Foundations
import JSON
import RLConfigurations
import Testing

private func settings(
    _ environment: String, _ library: String = "corral", _ backend: String = "torch", rate: Double = 0.001
) -> RLConfiguration {
    RLConfiguration(
        environment: environment, library: library, backend: backend, algorithm: "ppo",
        values: ["learning_rate": .number(rate), "epochs": 4])
}

private func table() throws -> RLConfigurationTable {
    var table = RLConfigurationTable()
    try table.register(settings("CartPole-v1"))
    try table.register(settings("CartPole-v1", "sb3"))
    try table.register(settings("CartPole-v1", "corral", "jax"))
    try table.register(settings("Pendulum-v1"))
    return table
}

struct RLConfigurationTableTests {
    @Test func `settings are found by environment, library and backend`() throws {
        let found = try table().find(["classic/CartPole", "CartPole-v1"], library: "sb3", backend: "torch")
        #expect(found == settings("CartPole-v1", "sb3"))
        #expect(try table().all(of: ["CartPole-v1"]).map(\.library) == ["corral", "sb3", "corral"])
        #expect(try table().all(of: ["Acrobot-v1"]).isEmpty)
    }

    @Test func `an environment has one set of settings for a library and backend`() throws {
        var table = try table()
        let failure = #expect(throws: Failure.self) { try table.register(settings("CartPole-v1", rate: 1)) }
        #expect(failure?.code == .alreadyExists)
        #expect(table.configurations.count == 4)
    }

    @Test func `an override changes the values that it names`() throws {
        var table = try table()
        try table.override("CartPole-v1", library: "corral", backend: "torch", with: ["epochs": 9, "anneal": true])
        let found = try table.find(["CartPole-v1"], library: "corral", backend: "torch")
        #expect(found.values == ["learning_rate": 0.001, "epochs": 9, "anneal": true])
        #expect(try table.find(["CartPole-v1"], library: "sb3", backend: "torch").values["epochs"] == 4)
        #expect(throws: Failure.self) {
            try table.override("CartPole-v1", library: "skrl", backend: "torch", with: [:])
        }
    }

    @Test(arguments: [
        (
            "CartPole-v2", "corral", "torch", "there are no training settings for CartPole-v2",
            "did you mean CartPole-v1?"
        ),
        (
            "CartPole-v1", "skrl", "torch", "there are no training settings for CartPole-v1 with skrl",
            "there are some for corral, sb3"
        ),
        (
            "CartPole-v1", "sb3", "jax", "there are no training settings for CartPole-v1 with sb3 on jax",
            "there are some on torch"
        ),
    ])
    func `what is missing is named with what there is`(
        environment: String, library: String, backend: String, message: String, next: String
    ) throws {
        let failure = #expect(throws: Failure.self) {
            try table().find([environment], library: library, backend: backend)
        }
        #expect(failure?.code == .notFound)
        #expect(failure?.message == message)
        #expect(failure?.next == next)
    }
}
