import Arguments
import Foundations

enum Version {
    static let current = "0.1.0"
}

enum VersionCommand: Subcommand {
    static let declaration = Command("version", "Print the version.")

    static func run(_ invocation: Invocation) async throws(Failure) { print("corral \(Version.current)") }
}
