import Configuration
import DockerGym
import Foundations
import Glibc
import Hooks
import Logging
import Sandboxes
import YAML

extension Configuration {
    func hook(logger: Logger) throws(Failure) -> Hook? {
        guard let address = self[ServerKeys.hook], !address.isEmpty else { return nil }
        return try Hook(
            address, environment: environmentVariables(), timeout: self[ServerKeys.hookTimeout],
            startTimeout: self[ServerKeys.startTimeout], logger: logger)
    }

    /// The worker that flags describe; nil where a folder of manifests is served.
    func servedWorker() throws(Failure) -> ServedWorker? {
        guard servesOneWorker else { return nil }
        var worker = ServedWorker(image: self[WorkerKeys.image], command: self[WorkerKeys.command])
        worker.workerProtocol = self[WorkerKeys.workerProtocol]
        let home = environmentVariables()["HOME"] ?? "/"
        for text in self[WorkerKeys.volumes] {
            worker.volumes.append(try HostVolume(text, home: home, directory: workingDirectory()))
        }
        if let path = self[WorkerKeys.instances] {
            let text = String(decoding: try YAMLNode.bytes(ofFile: path), as: UTF8.self)
            worker.instances = ServedWorker.instances(in: text)
        }
        worker.label = self[WorkerKeys.label]
        worker.environment = self[WorkerKeys.environment]
        worker.memory = self[WorkerKeys.memory]
        worker.processes = self[WorkerKeys.processes]
        worker.cores = self[WorkerKeys.cores]
        worker.network = self[WorkerKeys.network]
        worker.sessionsPerWorker = self[WorkerKeys.sessionsPerWorker]
        worker.commandTime = self[ServerKeys.commandTimeout]
        worker.startTime = self[ServerKeys.startTimeout]
        return worker
    }
}

private func workingDirectory() -> String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
}
