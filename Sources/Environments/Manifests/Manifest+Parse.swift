import Foundations
import JSON
import Spaces
import YAML

extension Manifest {
    /// The name of the file in the folder of an environment.
    public static let fileName = "environment.yaml"

    /// Reads a manifest.
    ///
    /// - Parameter file: What messages call the text.
    /// - Throws: `invalidArgument` that begins with `file:line:column` and the path of the key at fault; for an unknown
    ///   key, `next` names the nearest known one.
    public init(parsing text: some StringProtocol, file: String = fileName) throws(Failure) {
        try self.init(YAMLNode(parsing: text, file: file))
    }

    /// Reads a manifest from a file; also throws `notFound` or `permissionDenied` where that cannot be read.
    public init(file path: String) throws(Failure) {
        try self.init(YAMLNode(file: path))
    }

    /// Reads a manifest that a program made; messages begin with the path of the key at fault.
    public init(json value: JSONValue) throws(Failure) {
        do { try self.init(value) } catch { throw error.failure(root: "manifest") }
    }

    init(_ document: YAMLNode) throws(Failure) {
        let value = try document.json()
        do { try self.init(value) } catch { throw error.failure(in: document) }
    }

    /// Reads a manifest from its JSON form.
    init(_ value: JSONValue) throws(SchemaViolation) {
        if let format = value["manifest"], !Schema.isEqual(format, 1) {
            throw SchemaViolation(path: [.key("manifest")], message: "this build reads format 1, not \(format)")
        }
        try Schema.check(value, Self.jsonSchema)
        let reader = ManifestReader(value)
        name = try reader.parsed("name", EnvironmentName.init)
        version = try reader.parsed("version", SemanticVersion.init)
        title = value["title"]?.string ?? name.name
        description = value["description"]?.string ?? ""
        authors = reader.elements("authors").map { author in
            Author(name: author.string ?? author["name"]?.string ?? "", url: author["url"]?.string)
        }
        license = value["license"]?.string
        homepage = value["homepage"]?.string
        tags = reader.texts("tags")
        gymnasium = reader.texts("gymnasium")
        agents = try reader.choice("agents") ?? .single
        isNondeterministic = value["nondeterministic"]?.bool ?? false
        behaviourChange = value["behaviour_change"]?.string
        launches = try reader.launches()
        resources = try reader.resources(allowsGPUs: launches.contains { $0.backend == .docker })
        spaces = try reader.spaces(agents: agents)
        reward = try reader.reward()
        parameters = value["parameters"]
        if let parameters {
            do { try Schema.checkSchema(parameters) } catch { throw error.inside(.key("parameters")) }
        }
        instances = reader.instances()
        fork = try reader.fork(isNondeterministic: isNondeterministic)
        compatibility = Compatibility(
            python: value["compatibility"]?["python"]?.string, gymnasium: value["compatibility"]?["gymnasium"]?.string)
        assets = reader.elements("assets").map { asset in
            Asset(path: asset["path"]?.string ?? "", sha256: asset["sha256"]?.string ?? "")
        }
        renderModes = reader.texts("render_modes")
        document = value.object ?? JSONObject()
    }
}

/// Reads the parts of a document that already fits the schema.
struct ManifestReader {
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    func elements(_ key: String) -> [JSONValue] { value[key]?.array ?? [] }
    func texts(_ key: String) -> [String] { elements(key).compactMap(\.string) }

    func parsed<Parsed>(_ key: String, _ parse: (String) -> Parsed?) throws(SchemaViolation) -> Parsed {
        guard let parsed = value[key]?.string.flatMap(parse) else {
            throw SchemaViolation(path: [.key(key)], message: "is not of the form that is wanted")
        }
        return parsed
    }

    func choice<Choice: RawRepresentable<String>>(_ key: String) throws(SchemaViolation) -> Choice? {
        guard value[key] != nil else { return nil }
        return try parsed(key, Choice.init(rawValue:))
    }

    func spaces(agents: Manifest.Agents) throws(SchemaViolation) -> Manifest.DeclaredSpaces {
        guard let spaces = value["spaces"], let observation = spaces["observation"], let action = spaces["action"]
        else {
            return .ask
        }
        guard agents != .parallel else {
            throw SchemaViolation(
                path: [.key("spaces")], message: "the spaces of parallel agents differ", next: "write `spaces: ask`")
        }
        return .declared(observation: try space(observation, "observation"), action: try space(action, "action"))
    }

    private func space(_ form: JSONValue, _ key: String) throws(SchemaViolation) -> Space {
        do { return try Space(json: form) } catch {
            throw SchemaViolation(path: [.key("spaces"), .key(key)], message: error.message, next: error.next)
        }
    }

    func reward() throws(SchemaViolation) -> Manifest.Reward {
        let bounds = (value["reward"]?["range"]?.array ?? []).compactMap { bound in
            bound.double ?? (bound == "Infinity" ? .infinity : bound == "-Infinity" ? -.infinity : nil)
        }
        let text = value["reward"]?["description"]?.string ?? ""
        guard bounds.count == 2 else { return Manifest.Reward(range: nil, description: text) }
        guard bounds[0] <= bounds[1] else {
            throw SchemaViolation(
                path: [.key("reward"), .key("range")], message: "the least reward is above the greatest")
        }
        return Manifest.Reward(range: bounds[0]...bounds[1], description: text)
    }

    func instances() -> Manifest.Instances {
        guard let instances = value["instances"] else { return .single }
        if let list = instances["list"]?.array { return .list(list.compactMap(\.string)) }
        if let pattern = instances["files"]?.string { return .files(pattern) }
        return .ask
    }

    func fork(isNondeterministic: Bool) throws(SchemaViolation) -> [Manifest.ForkMechanism] {
        guard let fork = value["fork"] else {
            return isNondeterministic ? [.snapshot, .fork] : [.snapshot, .fork, .replay]
        }
        let mechanisms = (fork.array ?? []).compactMap { $0.string.flatMap(Manifest.ForkMechanism.init) }
        if isNondeterministic, let index = mechanisms.firstIndex(of: .replay) {
            throw SchemaViolation(
                path: [.key("fork"), .index(index)], message: "a nondeterministic environment cannot be replayed")
        }
        return mechanisms
    }

    func resources(allowsGPUs: Bool) throws(SchemaViolation) -> Manifest.Resources {
        var resources = Manifest.Resources()
        guard let value = value["resources"] else { return resources }
        func size(_ key: String) -> Int64? { value[key]?.string.flatMap { ByteSize($0)?.bytes } ?? value[key]?.integer }
        func time(_ key: String) -> Duration? { value[key]?.string.flatMap { TimeSpan($0)?.duration } }
        func count(_ key: String) -> Int? { value[key]?.integer.flatMap { Int(exactly: $0) } }
        resources.cpu = value["cpu"]?.double ?? resources.cpu
        resources.memory = size("memory") ?? resources.memory
        resources.pids = count("pids") ?? resources.pids
        resources.disk = size("disk") ?? resources.disk
        resources.files = count("files") ?? resources.files
        resources.output = size("output") ?? resources.output
        resources.stepTime = time("step_time") ?? resources.stepTime
        resources.startTime = time("start_time") ?? resources.startTime
        resources.resetTime = time("reset_time") ?? resources.resetTime
        resources.gpus = count("gpus") ?? resources.gpus
        guard resources.gpus == 0 || allowsGPUs else {
            throw SchemaViolation(
                path: [.key("resources"), .key("gpus")], message: "graphics processors need a container",
                next: "add `launch.docker`, or leave `gpus` out")
        }
        return resources
    }
}
