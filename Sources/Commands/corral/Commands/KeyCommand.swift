import Arguments
import Configuration
import Foundations
import JSON
import Signing
import YAML

/// `corral key …`.
enum KeyCommand: Subcommand {
    private static let name = Positional("NAME", .required, "Of the key.")

    static let declaration = Command(
        "key", "Make and show the keys that reports and certificates are signed with.",
        discussion: """
            Keys are Ed25519, in PEM files under `keys` of the data folder: NAME.pem is secret (mode 0600), NAME.pub is \
            for others. The key `server` is the one that counts where no other is named; it is made when it is needed.
            """,
        options: [.flag("json", "Print JSON.")],
        subcommands: [
            Command("new", "Make a key.", options: source, positionals: [name]),
            Command("list", "List the keys.", options: source),
            Command("show", "Print a public key in PEM.", options: source, positionals: [name]),
            Command(
                "add", "Add somebody else's public key, to verify with.", options: source,
                positionals: [name, .init("FILE", .required, completion: .files, "The public key in PEM.")]),
        ])

    private static let source: [Option] = [ServerKeys.data.declaration.option, Configuration.fileOption]

    static func run(_ invocation: Invocation) async throws(Failure) {
        let store = try Configuration.read(invocation, table: ServerKeys.forOneCommand).keyStore
        let name = invocation.argument("NAME") ?? ""
        switch invocation.path.last {
        case "new": show(name, try store.create(name).verifying, invocation)
        case "show":
            let key = try store.verifyingKey(name)
            invocation.flag("json") ? show(name, key, invocation) : Output.standard.write(key.pem)
        case "add":
            let bytes = try YAMLNode.bytes(ofFile: invocation.argument("FILE") ?? "")
            try store.add(name, pem: String(decoding: bytes, as: UTF8.self))
            show(name, try store.verifyingKey(name), invocation)
        default: list(try store.list(), invocation)
        }
    }

    private static func show(_ name: String, _ key: VerifyingKey, _ invocation: Invocation) {
        guard invocation.flag("json") else { return Output.standard.write("\(name)  \(key.id)\n") }
        printJSON(["name": .string(name), "id": .string(key.id), "pem": .string(key.pem)])
    }

    private static func list(_ entries: [KeyStore.Entry], _ invocation: Invocation) {
        guard !invocation.flag("json") else {
            return printJSON([
                "keys": .array(
                    entries.map {
                        ["name": .string($0.name), "id": .string($0.key.id), "signs": .bool($0.canSign)]
                    })
            ])
        }
        guard !entries.isEmpty else { return Output.standard.write("no keys\n") }
        var table = Table(columns: [("name", .left), ("signs", .left), ("id", .left)])
        table.rows = entries.map { [$0.name, $0.canSign ? "yes" : "no", $0.key.id] }
        Output.standard.write(table.text)
    }
}

extension Configuration {
    /// The keys of this data folder.
    var keyStore: KeyStore { KeyStore(directory: self[ServerKeys.data] + "/keys") }
}
