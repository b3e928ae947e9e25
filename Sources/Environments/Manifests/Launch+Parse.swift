import JSON

extension ManifestReader {
    func launches() throws(SchemaViolation) -> [Launch] {
        var launches: [Launch] = []
        for (key, section) in value["launch"]?.object ?? JSONObject() {
            guard let backend = Backend(rawValue: key) else { continue }
            do { launches.append(try backend == .native ? Launch(native: section) : Launch(backend, section)) } catch {
                throw error.inside(.key(key)).inside(.key("launch"))
            }
        }
        return launches
    }
}

extension Launch {
    /// Reads one section that fits the schema.
    init(_ backend: Backend, _ section: JSONValue) throws(SchemaViolation) {
        let reader = ManifestReader(section)
        self.backend = backend
        image = section["image"]?.string
        pull = try reader.choice("pull") ?? .missing
        labels = Self.variables(section["labels"])
        let command = reader.texts("command")
        if let entry = section["worker"]?.string {
            guard command.isEmpty else { throw SchemaViolation(message: "needs one of `worker`, `command`, not both") }
            program = .worker(entry)
        } else {
            program = command.isEmpty ? .image : .command(command)
        }
        let isWorker = if case .worker = program { true } else { false }
        workerProtocol =
            switch section["protocol"] {
            case "auto": .auto
            case let number?: number.integer == 1 ? .version1 : .version2
            case nil: isWorker ? .version2 : .auto
            }
        config = section["config"] ?? .object(JSONObject())
        share = try reader.choice("share") ?? (isWorker ? .zygote : .none)
        sessionsPerWorker = section["sessions_per_worker"]?.integer.flatMap { Int(exactly: $0) } ?? 1
        if sessionsPerWorker > 1, workerProtocol == .version1 {
            throw SchemaViolation(
                path: [.key("sessions_per_worker")], message: "protocol 1 knows one session only",
                next: "use protocol 2 or auto", isAboutKey: true)
        }
        requirements = reader.texts("requirements")
        lock = section["lock"]?.string
        environment = Self.variables(section["environment"])
        volumes = reader.texts("volumes").compactMap { Volume($0) }
        network = try reader.choice("network") ?? .none
        guard !isWorker else {
            guard workerProtocol != .version1 else {
                throw SchemaViolation(path: [.key("protocol")], message: "a `worker` speaks protocol 2")
            }
            return
        }
        if section["config"] != nil {
            throw SchemaViolation(
                path: [.key("config")], message: "only a `worker` is given a config", isAboutKey: true)
        }
        if share == .zygote {
            throw SchemaViolation(path: [.key("share")], message: "only a `worker` can be a zygote")
        }
    }

    /// Reads the section of an environment of the server's own.
    init(native section: JSONValue) {
        backend = .native
        program = .native(section["id"]?.string ?? "", precision: section["precision"]?.string)
        image = nil
        pull = .never
        (labels, requirements, environment, volumes) = ([], [], [], [])
        lock = nil
        workerProtocol = .version2
        config = .object(JSONObject())
        share = .none
        sessionsPerWorker = 1
        network = .none
    }

    private static func variables(_ section: JSONValue?) -> [Variable] {
        (section?.object ?? JSONObject()).map { Variable(name: $0.key, value: $0.value.string ?? "") }
    }
}
