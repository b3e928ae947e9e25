import Foundations
import JSON

extension EnvironmentConfiguration {
    /// The settings as JSON, every field there.
    ///
    /// - Throws: `internal` where the type encodes itself in a way that cannot be JSON.
    public func json() throws(Failure) -> JSONValue {
        do { return try SettingsEncoder.encode(self) } catch { throw Failure(wrapping: error) }
    }

    /// The defaults with overrides: names as in `EnvironmentConfiguration`, dotted for fields of fields. Not validated.
    ///
    /// - Throws: `invalidArgument` for a name that the configuration does not have or a value of a wrong type.
    public static func overridden(by overrides: JSONObject) throws(Failure) -> Self {
        var tree = try Self().json()
        for (path, value) in overrides {
            try replace(&tree, path.split(separator: ".", omittingEmptySubsequences: false), path, value)
        }
        return try SettingsDecoder.decode(Self.self, from: tree)
    }

    private static func replace(
        _ tree: inout JSONValue, _ path: [Substring], _ whole: String, _ value: JSONValue
    ) throws(Failure) {
        guard let name = path.first.map({ String($0) }) else { return tree = value }
        guard case .object(var object) = tree, var member = object[name] else {
            throw unknown(name, in: tree, whole)
        }
        try replace(&member, Array(path.dropFirst()), whole, value)
        object[name] = member
        tree = .object(object)
    }

    private static func unknown(_ name: String, in tree: JSONValue, _ path: String) -> Failure {
        let known = tree.object.map { $0.map(\.key) } ?? []
        let next =
            nearest(to: name, among: known).map { "did you mean \($0)?" }
            ?? (known.isEmpty ? "it has no fields" : "it has \(known.joined(separator: ", "))")
        return Failure(.invalidArgument, "Config class '\(Self.self)' has no attribute '\(path)'", next: next)
    }
}
