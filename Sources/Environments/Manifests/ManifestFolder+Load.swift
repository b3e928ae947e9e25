import Foundations
import Glibc

extension ManifestFolder {
    /// How deep `environment.yaml` may lie.
    static let depth = 8

    /// Loads every `environment.yaml` in folders and what is below them. Hidden folders and links to folders are left
    /// out, and so is what lies below a folder that holds a manifest.
    ///
    /// - Parameters:
    ///   - directories: The earlier ones win where two hold the same name and version.
    ///   - digest: SHA-256 in 64 lower-case hexadecimal digits.
    /// - Throws: `notFound` where one of the folders themselves cannot be read. A manifest that is broken is a problem of
    ///   the result.
    public static func load(
        _ directories: [String], digest: ([UInt8]) -> String
    ) throws(Failure) -> ManifestFolder {
        var entries: [Entry] = []
        var problems: [Failure] = []
        for directory in directories {
            guard let names = names(in: directory) else {
                throw Failure(.notFound, "cannot read the folder \(directory): \(String(cString: strerror(errno)))")
            }
            for folder in folders(directory, names, depth: depth) {
                do {
                    let manifest = try Manifest(file: "\(folder)/\(Manifest.fileName)")
                    entries.append(Entry(manifest: manifest, directory: folder, digest: digest(manifest.canonical)))
                } catch {
                    problems.append(error)
                }
            }
        }
        return ManifestFolder(entries, problems: problems)
    }

    /// The folders with a manifest, sorted.
    private static func folders(_ directory: String, _ names: [String], depth: Int) -> [String] {
        if names.contains(Manifest.fileName) { return [directory] }
        guard depth > 0 else { return [] }
        return names.sorted().flatMap { name -> [String] in
            let path = "\(directory)/\(name)"
            var status = stat()
            guard !name.hasPrefix("."), lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
                let names = Self.names(in: path)
            else { return [] }
            return folders(path, names, depth: depth - 1)
        }
    }

    private static func names(in directory: String) -> [String]? {
        guard let stream = opendir(directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

extension ManifestFolder.Entry {
    /// The names of the instances that the manifest lists or that its pattern of files finds now; nil where the worker
    /// has to be asked, and `[]` where there is one without a name.
    public var instances: [String]? {
        switch manifest.instances {
        case .single: []
        case .list(let names): names
        case .ask: nil
        case .files(let pattern): files(matching: pattern)
        }
    }

    private func files(matching pattern: String) -> [String] {
        let literal = directory.flatMap { "\\*?[]".contains($0) ? "\\\($0)" : String($0) }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(String(literal) + "/" + pattern, 0, nil, &found) == 0 else { return [] }
        let paths = UnsafeBufferPointer(start: found.gl_pathv, count: Int(found.gl_pathc)).compactMap { $0 }
        return paths.compactMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            return String(String(cString: path).dropFirst(directory.count + 1))
        }.sorted()
    }
}
