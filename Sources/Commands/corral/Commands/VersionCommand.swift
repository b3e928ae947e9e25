import Arguments
import Foundations
import Glibc
import JSON

enum Version {
    static let current = "0.1.0"
}

/// `corral version`.
enum VersionCommand: Subcommand {
    static let declaration = Command(
        "version", "Print the version.", options: [.flag("json", "Print one JSON object: version and platform.")])

    static func run(_ invocation: Invocation) async throws(Failure) {
        guard invocation.flag("json") else { return Output.standard.write("corral \(Version.current)\n") }
        var names = utsname()
        uname(&names)
        func text(_ field: some Any) -> JSONValue {
            withUnsafeBytes(of: field) { .string(String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)) }
        }
        printJSON([
            "version": .string(Version.current), "system": text(names.sysname), "kernel": text(names.release),
            "machine": text(names.machine),
        ])
    }
}
