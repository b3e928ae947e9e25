import Foundations
import Glibc
import YAML

/// Finds and reads corral.yaml.
public enum ConfigurationFile {
    /// The file that counts: the one that is named, else `corral.yaml` here, else in `$XDG_CONFIG_HOME/corral` or
    /// `~/.config/corral`; nil where there is none.
    ///
    /// - Parameter named: As given by `--config`; nil for none, and then `CORRAL_CONFIG` counts.
    public static func find(named: String? = nil, environment: [String: String]) -> String? {
        if let named = named ?? environment["CORRAL_CONFIG"], !named.isEmpty { return named }
        let home =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? environment["HOME"].map { $0 + "/.config" }
        let candidates = ["corral.yaml"] + (home.map { ["\($0)/corral/corral.yaml"] } ?? [])
        return candidates.first { access($0, F_OK) == 0 }
    }

    /// The tree of a file; nil where it holds nothing but comments.
    ///
    /// - Throws: `notFound` or `permissionDenied` where it cannot be read, `invalidArgument` where it is no YAML.
    public static func read(_ path: String) throws(Failure) -> YAMLNode? {
        let bytes = try YAMLNode.bytes(ofFile: path)
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let isEmpty = lines.allSatisfy { line in
            let first = line.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "\r") }
            return first == nil || first == UInt8(ascii: "#")
        }
        return isEmpty ? nil : try YAMLNode(parsing: bytes, file: path)
    }
}
