import Foundations
import Glibc

/// The files that belong to the program: found from where it is, in a checkout or as installed.
struct Installation {
    /// The bundled environments.
    let manifests: String?
    /// The folder that holds the Python package `corral`.
    let sdk: String?
    /// The interpreter of a checkout's virtual environment.
    let python: String?
    /// The interpreter with PyTorch of a checkout (`make training`).
    let trainer: String?

    static func find() -> Installation {
        var folder = executableFolder()
        while !folder.isEmpty {
            for root in [folder, folder + "/share/corral"] where exists(root + "/Manifests") {
                let python = root + "/.venv/bin/python"
                let trainer = root + "/.venvs/training/bin/python"
                return Installation(
                    manifests: root + "/Manifests", sdk: exists(root + "/Python/corral") ? root + "/Python" : nil,
                    python: exists(python) ? python : nil, trainer: exists(trainer) ? trainer : nil)
            }
            folder = String(folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)])
        }
        return Installation(manifests: nil, sdk: nil, python: nil, trainer: nil)
    }

    private static func executableFolder() -> String {
        guard let path = realpath("/proc/self/exe", nil) else { return "" }
        defer { free(path) }
        let text = String(cString: path)
        return String(text[..<(text.lastIndex(of: "/") ?? text.startIndex)])
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// Whether a path names a program that this user may run.
func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
