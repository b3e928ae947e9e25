import Foundations
import Glibc
import JSON
import YAML

extension RLConfigurationTable {
    /// The file with the defaults of each library, which those of an environment override.
    static let defaults = "defaults.json"

    /// Reads the folder of shipped settings: `defaults.json`, where there is one, and a file for each environment.
    ///
    /// - Throws: `notFound` where the folder cannot be read; `invalidArgument` with file, line and column for a file that
    ///   says nothing to train by; `alreadyExists` where two files speak of the same.
    public init(folder: String) throws(Failure) {
        self.init()
        let files = try Self.files(in: folder)
        var defaults: [[String]: JSONObject] = [:]
        for name in files where name == Self.defaults {
            for one in try Self.read("\(folder)/\(name)") {
                defaults[[one.library, one.backend, one.algorithm]] = one.values
            }
        }
        for name in files where name != Self.defaults {
            for one in try Self.read("\(folder)/\(name)") {
                let base = defaults[[one.library, one.backend, one.algorithm]] ?? [:]
                let whole = RLConfiguration(
                    environment: one.environment, library: one.library, backend: one.backend, algorithm: one.algorithm,
                    source: one.source, values: base)
                try register(whole.overriding(one.values))
            }
        }
    }

    private static func read(_ path: String) throws(Failure) -> [RLConfiguration] {
        let document = try YAMLNode(file: path).json()
        func broken(_ what: String) -> Failure {
            Failure(.invalidArgument, "\(path): \(what)", next: "compare it with the other files of the folder")
        }
        guard let environment = document["environment"]?.string, let settings = document["settings"]?.array else {
            throw broken("needs \"environment\", a text, and \"settings\", a list")
        }
        var found: [RLConfiguration] = []
        for one in settings {
            guard let library = one["library"]?.string, let backend = one["backend"]?.string,
                let algorithm = one["algorithm"]?.string, let values = one["values"]?.object
            else { throw broken("each of the settings needs library, backend, algorithm and values") }
            found.append(
                RLConfiguration(
                    environment: environment, library: library, backend: backend, algorithm: algorithm,
                    source: one["source"]?.string ?? "", values: values))
        }
        return found
    }

    private static func files(in folder: String) throws(Failure) -> [String] {
        guard let stream = opendir(folder) else {
            throw Failure(.notFound, "cannot read the folder \(folder): \(String(cString: strerror(errno)))")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }
}
