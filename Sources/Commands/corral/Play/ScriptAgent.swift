import Foundations
import JSON
import YAML

/// Takes the same actions in every episode, and gives up where there are no more.
struct ScriptAgent: Agent {
    let name: String
    let actions: [JSONValue]
    private var place = 0

    init(name: String, actions: [JSONValue]) {
        self.name = name
        self.actions = actions
    }

    /// - Parameter text: A JSON array of actions.
    /// - Throws: `invalidArgument` where it is none.
    init(name: String, parsing text: [UInt8]) throws(Failure) {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: text) } catch {
            throw Failure(.invalidArgument, "\(name): \(error)", next: Self.form)
        }
        guard let actions = value.array else {
            throw Failure(.invalidArgument, "\(name) holds \(value.kindDescription)", next: Self.form)
        }
        self.init(name: name, actions: actions)
    }

    init(file: String) throws(Failure) {
        try self.init(name: file, parsing: try YAMLNode.bytes(ofFile: file))
    }

    mutating func begin() { place = 0 }

    mutating func act(on turn: Turn, asks: [Ask]) -> JSONValue? {
        guard place < actions.count else { return nil }
        defer { place += 1 }
        return actions[place]
    }

    private static let form = #"a script is a JSON array of actions, such as [0, 1, 1] or ["look", "go east"]"#
}
