import CorralABI
import Foundations
import JSON
import Manifests
import NativeEnvironments
import Testing

@testable import NativeHosts

struct NativeVersionsTests {
    private func folder(_ more: [ManifestFolder.Entry] = []) throws -> ManifestFolder {
        ManifestFolder(more + (try NativeVersions.entries(of: NativeEnvironments.registry(wide: Processor.isWide))))
    }

    @Test func `every native environment is a version that its id means`() throws {
        let folder = try folder()
        #expect(folder.problems.isEmpty)
        let names = try NativeEnvironments.registry(wide: Processor.isWide).list().map(\.name)
        #expect(folder.entries.count == names.count)
        for name in names {
            let entry = try folder.resolve("native/\(name)")
            guard case .native(let id, _) = try #require(entry.manifest.launch(.native)).program else {
                Issue.record("\(name) is not native")
                continue
            }
            #expect(id == name)
        }
        #expect(try folder.resolve("MountainCar-v0").manifest.name.description == "native/MountainCar")
        #expect("\(try folder.resolve("Taxi-v3").manifest.version)" == "3.0.0")
        #expect(Set(folder.entries.map(\.digest)).count == names.count)
    }

    @Test func `an id that another manifest lists means that one`() throws {
        let manifest = try Manifest(
            json: [
                "manifest": 1, "name": "mine/Pole", "version": "2.0.0", "gymnasium": ["CartPole-v1"],
                "launch": ["process": ["command": ["true"]]],
            ])
        let mine = ManifestFolder.Entry(manifest: manifest, directory: "/", digest: "0")
        let folder = try folder([mine])
        #expect(try folder.resolve("CartPole-v1").manifest.name.description == "mine/Pole")
        #expect(try folder.resolve("CartPole-v0").manifest.name.description == "native/CartPole")
    }

    @Test func `parameters are the fields of the configuration with their types`() throws {
        let entry = try folder().resolve("native/FrozenLake")
        let filled = try entry.manifest.checkParameters(["is_slippery": false])
        #expect(filled["map_name"] == "4x4" && filled["precision"] == "float64" && filled["is_slippery"] == false)
        _ = try entry.manifest.checkParameters(["max_episode_seconds": .null, "desc": ["SG"]])
        for wrong in [["is_slippery": 1], ["map_name": 4], ["desc": "SG"], ["nope": 1], ["sim_dt": .null]]
            as [JSONObject]
        {
            #expect(throws: Failure.self, "\(wrong)") { try entry.manifest.checkParameters(wrong) }
        }
    }
}
