import Foundations
import Manifests

/// What a manifest alone tells.
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
        return found
    }
}
