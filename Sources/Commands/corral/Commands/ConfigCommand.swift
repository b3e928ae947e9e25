import Arguments
import Configuration
import Foundations
import JSON

/// `corral config`.
enum ConfigCommand: Subcommand {
    static let declaration = Command(
        "config", "Show the configuration of `corral serve`: every value and where it comes from.",
        discussion: """
            Flags go before environment variables (CORRAL_…), those before corral.yaml, that before the defaults. \
            corral.yaml is looked for in the working directory, then in ~/.config/corral.

            Takes the options of `corral serve`, to try what they would give.
            """,
        options: [.flag("json", "Print one JSON object.")] + ServerKeys.all.map(\.option) + [Configuration.fileOption])

    static func run(_ invocation: Invocation) async throws(Failure) {
        let configuration = try Configuration.read(invocation)
        guard !invocation.flag("json") else { return printJSON(json(configuration)) }
        var table = Table(columns: [("key", .left), ("value", .left), ("from", .left)])
        for entry in configuration.entries {
            let value = entry.effective.isEmpty ? "none" : entry.effective.joined(separator: ", ")
            table.rows.append([entry.declaration.name, value, entry.origin.description])
        }
        Output.standard.write(table.text)
    }

    private static func json(_ configuration: Configuration) -> JSONValue {
        .object(
            JSONObject(
                configuration.entries.map { entry in
                    let words = entry.effective
                    let value: JSONValue =
                        switch entry.declaration.kind {
                        case .paths, .texts, .words: .array(words.map(JSONValue.string))
                        case .integer: words.last.flatMap { Int64($0) }.map(JSONValue.integer) ?? .null
                        case .bool: .bool(words.last == "true")
                        default: words.last.map(JSONValue.string) ?? .null
                        }
                    return (
                        entry.declaration.name,
                        [
                            "value": value, "origin": .string(entry.origin.description),
                            "environment": .string(entry.declaration.environmentName),
                        ]
                    )
                }))
    }
}
