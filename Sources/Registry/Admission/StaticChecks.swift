import Bundles
import Foundations
import Glibc
import Manifests

/// What a manifest and the files beside it tell before anything is started. Blocks.
enum StaticChecks {
    static func findings(_ entry: ManifestFolder.Entry) -> [Finding] {
        let manifest = entry.manifest
        var found: [Finding] = []
        if case .files(let pattern) = manifest.instances, entry.instances?.isEmpty ?? true {
            found.append(Finding(.noInstances, "no file matches \(pattern)"))
        }
        let requirements: [String] = manifest.launches.flatMap { $0.requirements }
        let loose = requirements.filter { !$0.contains("==") && !$0.contains("@") }
        if !loose.isEmpty {
            found.append(Finding(.requirementsUnpinned, loose.joined(separator: ", ")))
        }
        if manifest.license == nil { found.append(Finding(.licenseMissing, "the manifest names no licence")) }
        if manifest.reward.range == nil {
            found.append(Finding(.rewardUndeclared, "the manifest declares no range of rewards"))
        }
        do throws(Failure) { _ = try manifest.checkParameters([:]) } catch {
            found.append(Finding(.manifestInvalid, "without parameters: \(error.message)"))
        }
        return found + files(entry)
    }

    /// The files of a package of DockerGym's form.
    private static let packageFiles = [
        "__init__.py", "__main__.py", "app.py", "worker.py", "Dockerfile", "example.py", "README.md",
    ]

    private static func files(_ entry: ManifestFolder.Entry) -> [Finding] {
        func has(_ name: String) -> Bool { access("\(entry.directory)/\(name)", F_OK) == 0 }
        guard has(Manifest.fileName) else { return [] }
        var found: [Finding] = []
        let missing = packageFiles.filter { !has($0) }
        if has("app.py"), has("worker.py"), !missing.isEmpty {
            found.append(Finding(.packageIncomplete, missing.joined(separator: ", ")))
        }
        do throws(Failure) { try Bundle(packing: entry.directory).checkPublishable() } catch {
            found.append(Finding(.notPublishable, [error.message, error.next].joined(separator: "; ")))
        }
        return found
    }
}
