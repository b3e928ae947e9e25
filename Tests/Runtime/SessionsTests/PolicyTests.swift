import Foundations
import Glibc
import JSON
import Manifests
import Sandboxes
import TestSupport
import Testing

@testable import Sessions

/// What a manifest may ask for and the operator has to allow.
struct PolicyTests {
    private func plan(
        launch: String, folder: borrowing TemporaryDirectory,
        _ change: (inout ManifestAuthority.Policy) -> Void = { _ in }
    ) async throws -> LaunchPlan {
        try folder.write(
            "environment.yaml",
            """
            manifest: 1
            name: test/policy
            version: 1.0.0
            launch: {process: {worker: "worker.py:Worker", \(launch)}}
            """)
        var policy = ManifestAuthority.Policy(
            backend: .process, python: "/usr/bin/python3", sdk: "/nowhere", longestCommand: .seconds(1),
            longestStart: .seconds(1))
        change(&policy)
        let authority = ManifestAuthority(
            folder: try VersionDigest.load([folder.path]), policy: policy, isolations: [:])
        return try await authority.plan(for: SessionRequest(environment: "test/policy"), caller: .local)
    }

    private func refusal(
        launch: String, folder: borrowing TemporaryDirectory,
        _ change: (inout ManifestAuthority.Policy) -> Void = { _ in }
    ) async -> Failure? {
        do { _ = try await plan(launch: launch, folder: folder, change) } catch { return error as? Failure }
        return nil
    }

    @Test func `the host's network is refused unless the operator allows it`() async throws {
        let folder = try TemporaryDirectory()
        let failure = await refusal(launch: "network: host", folder: folder)
        #expect(failure?.code == .permissionDenied)
        #expect(failure?.next.contains("--allow-host-network") == true)
        let allowed = try await plan(launch: "network: host", folder: folder) { $0.allowsHostNetwork = true }
        #expect(allowed.worker?.network == .host)
        let plain = try await plan(launch: "network: none", folder: folder) { $0.allowsHostNetwork = true }
        #expect(plain.worker?.network == SandboxSpecification.Network.none)
    }

    @Test func `a volume is refused unless it lies in a folder that the operator allows`() async throws {
        let folder = try TemporaryDirectory()
        let host = try TemporaryDirectory()
        try host.write("data/set/file", "x")
        let launch = "volumes: [\"\(host.path)/data/set:/data:rw\"]"
        for allowed in [
            [], ["/usr"], [host.path + "/data/se"], [host.path + "/data/set/file"], [host.path + "/nowhere"],
        ] {
            let failure = await refusal(launch: launch, folder: folder) { $0.allowedVolumes = allowed }
            #expect(failure?.code == .permissionDenied, "\(allowed)")
            #expect(failure?.next.contains("--allow-volumes") == true)
        }
        for allowed in [host.path, host.path + "/data/set", host.path + "/data/"] {
            let plan = try await plan(launch: launch, folder: folder) { $0.allowedVolumes = [allowed] }
            #expect(
                plan.worker?.mounts.contains(.bind(source: host.path + "/data/set", target: "/data", writable: true))
                    == true)
        }
    }

    @Test func `a link does not lead out of an allowed folder`() async throws {
        let folder = try TemporaryDirectory()
        let host = try TemporaryDirectory()
        try host.write("open/file", "x")
        try host.write("secret/file", "x")
        #expect(symlink(host.path + "/secret", host.path + "/open/link") == 0)
        let failure = await refusal(launch: "volumes: [\"\(host.path)/open/link:/data:ro\"]", folder: folder) {
            $0.allowedVolumes = [host.path + "/open"]
        }
        #expect(failure?.code == .permissionDenied)
        #expect(host.names().count == 2)
    }

    @Test func `a volume that is not there is a failed precondition`() async throws {
        let folder = try TemporaryDirectory()
        let failure = await refusal(launch: "volumes: [\"/nonexistent/x:/data:ro\"]", folder: folder) {
            $0.allowedVolumes = ["/"]
        }
        #expect(failure?.code == .failedPrecondition)
    }
}
