import Foundations
import Glibc
import Manifests
import Sandboxes
import TestSupport
import Testing

@testable import DockerGym

struct ServedWorkerTests {
    private func volume(_ text: String, in folder: String = "/here") throws(Failure) -> HostVolume {
        try HostVolume(text, home: "/home/me", directory: folder)
    }

    @Test func `an image becomes a manifest for docker that speaks protocol 1`() throws {
        var worker = ServedWorker(
            image: "registry.example:5000/team/alfworld-text:latest", command: ["python", "-u", "/w.py"])
        worker.label = "dockergym-session"
        worker.environment = ["A=b=c", "EMPTY="]
        worker.volumes = [try volume("/etc:/data:ro"), try volume("/etc:/other")]
        worker.commandTime = .milliseconds(1500)
        let entry = try worker.entry(emptyFolder: "/empty")
        let launch = try #require(entry.manifest.launch(.docker))
        #expect(entry.manifest.name.description == "alfworld-text")
        #expect(launch.image == "registry.example:5000/team/alfworld-text:latest")
        #expect(launch.program == .command(["python", "-u", "/w.py"]))
        #expect(launch.workerProtocol == .version1)
        #expect(launch.labels.map { "\($0.name)=\($0.value)" } == ["dockergym-session=alfworld-text"])
        #expect(launch.volumes.map(\.description) == ["/etc:/data:ro", "/etc:/other:rw"])
        #expect(launch.environment.map { "\($0.name)=\($0.value)" } == ["A=b=c", "EMPTY="])
        #expect(entry.manifest.resources.stepTime == .milliseconds(1500))
        #expect(entry.manifest.resources.resetTime == .milliseconds(1500))
        #expect(entry.directory == "/empty" && entry.isOperators)
        #expect(entry.instances == [])
    }

    @Test func `an image without a command starts what it starts itself`() throws {
        let entry = try ServedWorker(image: "gym", command: []).entry(emptyFolder: "/empty")
        #expect(entry.manifest.launch(.docker)?.program == .image)
    }

    @Test func `a command alone runs as a process in the folder of its file`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("my worker.py", "print()")
        let path = folder.path + "/my worker.py"
        let entry = try ServedWorker(image: nil, command: ["python", "-u", path, "--fast"]).entry(emptyFolder: "/empty")
        #expect(entry.manifest.launch(.process)?.program == .command(["python", "-u", "my worker.py", "--fast"]))
        #expect(entry.manifest.name.description == "my-worker")
        #expect(entry.directory == resolved(folder.path))
        try folder.write("my worker.py", "other")
        let changed = try ServedWorker(image: nil, command: ["python", "-u", path, "--fast"]).entry(
            emptyFolder: "/empty")
        #expect(changed.digest != entry.digest)
    }

    @Test func `a program that is the file itself is started from its folder`() throws {
        let folder = try TemporaryDirectory()
        try folder.write("run", "#!/bin/sh")
        let entry = try ServedWorker(image: nil, command: [folder.path + "/run"]).entry(emptyFolder: "/empty")
        #expect(entry.manifest.launch(.process)?.program == .command(["./run"]))
    }

    @Test func `files in volumes and of the system stay where they are`() throws {
        var worker = ServedWorker(image: nil, command: ["/usr/bin/env", "python3", "/etc/hostname", "/data/hosts"])
        worker.volumes = [try volume("/etc:/data:ro")]
        let entry = try worker.entry(emptyFolder: "/empty")
        #expect(entry.manifest.launch(.process)?.program == .command(worker.command))
        #expect(entry.directory == "/empty")
    }

    @Test func `instances are lines without blanks and repetitions`() {
        #expect(ServedWorker.instances(in: "\n a \r\n\nb\n  \na\n/x/y z\n") == ["a", "b", "/x/y z"])
    }

    @Test func `what no manifest can have is refused`() throws {
        var worker = ServedWorker(image: "i", command: [])
        worker.environment = ["NOVALUE"]
        #expect(code { try worker.entry(emptyFolder: "/e") } == .invalidArgument)
        worker.environment = ["1A=x"]
        #expect(code { try worker.entry(emptyFolder: "/e") } == .invalidArgument)
        worker.environment = []
        worker.cores = "many"
        #expect(code { try worker.entry(emptyFolder: "/e") } == .invalidArgument)
        worker.cores = "1"
        worker.volumes = [try volume("/not/there:/x")]
        #expect(code { try worker.entry(emptyFolder: "/e") } == .failedPrecondition)
        worker.volumes = []
        worker.sessionsPerWorker = 4
        #expect(code { try worker.entry(emptyFolder: "/e") } == .invalidArgument)
        #expect(code { try ServedWorker(image: nil, command: []).entry(emptyFolder: "/e") } == .invalidArgument)
        #expect(code { try ServedWorker(image: "no image!", command: []).entry(emptyFolder: "/e") } == .invalidArgument)
    }

    private func code(_ body: () throws -> some Any) -> Failure.Code? {
        do { _ = try body() } catch { return Failure(wrapping: error).code }
        return nil
    }

    private func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }
}
