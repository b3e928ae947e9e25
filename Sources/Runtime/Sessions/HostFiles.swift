import Glibc

/// The home of the user that runs the server.
func homeDirectory() -> String {
    if let home = getenv("HOME") { return String(cString: home) }
    guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return "/" }
    return String(cString: folder)
}

/// The absolute path without links; nil where there is nothing.
func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}

/// The files below `folder` that match a glob pattern, by their path in it, sorted.
func files(matching pattern: String, below folder: String) -> [String] {
    var found = glob_t()
    defer { globfree(&found) }
    let escaped = folder.reduce(into: "") { $0 += "*?[\\".contains($1) ? "\\\($1)" : String($1) }
    guard glob("\(escaped)/\(pattern)", 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { index in
        found.gl_pathv[index].map { String(String(cString: $0).dropFirst(folder.count + 1)) }
    }
}
