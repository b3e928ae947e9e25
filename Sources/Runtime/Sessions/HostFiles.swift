import Glibc

/// The home of the user that runs the server.
func homeDirectory() -> String {
    if let home = getenv("HOME") { return String(cString: home) }
    guard let entry = getpwuid(getuid()), let folder = entry.pointee.pw_dir else { return "/" }
    return String(cString: folder)
}

/// The absolute path without links; nil where there is nothing.
public func resolvedPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
