import Foundations
import JSON
import RLConfigurations
import TestSupport
import Testing

private let defaults = """
    {"environment": "*", "settings": [
      {"library": "corral", "backend": "torch", "algorithm": "ppo", "values": {"epochs": 2, "rate": 0.5}}]}
    """
private let lamp = """
    {"environment": "Lamp-v1", "settings": [
      {"library": "corral", "backend": "torch", "algorithm": "ppo", "source": "a paper", "values": {"epochs": 7}},
      {"library": "other", "backend": "jax", "algorithm": "dqn", "values": {"greed": 0.1}}]}
    """

/// Borrows the folder, so that it is there while it is read.
private func load(_ folder: borrowing TemporaryDirectory) throws -> RLConfigurationTable {
    try RLConfigurationTable(folder: folder.path)
}

struct LoadTests {
    @Test func `settings of an environment override the defaults of their library`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("defaults.json", defaults)
        try folder.write("lamp.json", lamp)
        try folder.write("notes.txt", "not for machines")
        let table = try load(folder)
        let found = try table.find(["Lamp-v1"], library: "corral", backend: "torch")
        #expect(found.values == ["epochs": 7, "rate": 0.5])
        #expect(found.source == "a paper")
        #expect(try table.find(["Lamp-v1"], library: "other", backend: "jax").values == ["greed": 0.1])
        #expect(table.configurations.count == 2)
    }

    @Test(arguments: [
        "{", "[]", #"{"environment": 5, "settings": []}"#, #"{"environment": "A", "settings": [{"library": "x"}]}"#,
    ])
    func `a broken file is an error that names it`(text: String) throws {
        let folder = try TemporaryDirectory()
        try folder.write("broken.json", text)
        let failure = #expect(throws: Failure.self) { try load(folder) }
        #expect(failure?.code == .invalidArgument)
        #expect(failure?.message.contains("broken.json") == true)
    }

    @Test func `a folder that is not there is an error`() {
        let failure = #expect(throws: Failure.self) { try RLConfigurationTable(folder: "/nowhere/at/all") }
        #expect(failure?.code == .notFound)
    }
}
