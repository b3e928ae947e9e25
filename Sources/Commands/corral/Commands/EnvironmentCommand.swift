import Arguments
import Configuration
import Foundations
import JSON
import Manifests
import REST
import Sessions

/// `corral env …`.
enum EnvironmentCommand: Subcommand {
    private static let shared: [Option] = [.flag("json", "Print JSON.")]
    private static let source: [Option] = {
        let folder = ServerKeys.environments.declaration.option
        return [
            Option(
                folder.name, kind: folder.kind, placeholder: folder.placeholder, completion: folder.completion,
                summary: "A folder of manifests to look in, instead of the bundled ones."),
            ServerURL.option, Configuration.fileOption,
        ]
    }()

    static let declaration = Command(
        "env", "List, show and check environments.", options: shared,
        subcommands: [
            Command("list", "List the environments that there are.", options: source),
            Command(
                "show", "Show everything about an environment.", options: source,
                positionals: [
                    .init("ENVIRONMENT", .required, "Such as classic/CartPole, CartPole-v1 or classic/CartPole@^1.0.")
                ]),
            ValidateCommand.declaration,
        ] + LifecycleCommands.declarations + [
            Command("schema", "Print the JSON Schema of environment.yaml, for editors.")
        ])

    static func run(_ invocation: Invocation) async throws(Failure) {
        if try await LifecycleCommands.run(invocation) { return }
        switch invocation.path.last {
        case "list": try await list(invocation)
        case "show": try await show(invocation)
        case "schema": printJSON(Manifest.jsonSchema)
        default: try await ValidateCommand.run(invocation)
        }
    }

    private static func list(_ invocation: Invocation) async throws(Failure) {
        let found: [JSONValue]
        if let client = try server(invocation) {
            found = try await all(client)
        } else {
            found = try await folder(invocation).list(caller: .local)
        }
        guard !invocation.flag("json") else { return printJSON(["environments": .array(found)]) }
        guard !found.isEmpty else { return Output.standard.write("no environments\n") }
        var table = Table(
            columns: [
                ("environment", .left), ("version", .left), ("title", .left), ("also", .left), ("backends", .left),
            ])
        table.rows = found.map { row in
            [
                row.words("name"), row.words("version"), row.words("title"), row.list("gymnasium"),
                row.list("backends"),
            ]
        }
        Output.standard.write(table.text)
    }

    private static func all(_ client: ServerClient) async throws(Failure) -> [JSONValue] {
        var found: [JSONValue] = []
        var cursor: String?
        repeat {
            let query = [(name: "limit", value: Optional("1000")), (name: "cursor", value: cursor)]
            let page = try await client.json("GET", ServerClient.target(["v1", "environments"], query: query))
            found += page["environments"]?.array ?? []
            cursor = page["next"]?.string
        } while cursor != nil
        return found
    }

    private static func show(_ invocation: Invocation) async throws(Failure) {
        let reference = invocation.argument("ENVIRONMENT") ?? ""
        let found: JSONValue
        if let client = try server(invocation) {
            found = try await client.json("GET", ServerClient.target(["v1", "environments", reference]))
        } else {
            found = try await folder(invocation).find(reference, caller: .local)
        }
        guard !invocation.flag("json") else { return printJSON(found) }
        Output.standard.write(EnvironmentPage(found).text)
    }

    private static func server(_ invocation: Invocation) throws(Failure) -> ServerClient? {
        let folders = ServerKeys.environments.declaration.option
        let url = try ServerURL.given(invocation, against: [folders, Configuration.fileOption])
        return try url.map { (url) throws(Failure) in try ServerClient(url: url) }
    }

    private static func folder(_ invocation: Invocation) throws(Failure) -> ManifestDirectory {
        let configuration = try Configuration.read(invocation, table: ServerKeys.forOneCommand)
        return ManifestDirectory(
            try Server.loadManifests(configuration, Installation.find(), configuration.logger))
    }
}

extension JSONValue {
    /// The texts of an array in words; a dash for none.
    func list(_ key: String) -> String {
        let texts = (self[key]?.array ?? []).compactMap(\.string)
        return texts.isEmpty ? "-" : texts.joined(separator: ", ")
    }
}
