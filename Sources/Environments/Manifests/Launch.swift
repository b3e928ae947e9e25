import JSON

/// How a version is executed.
public enum Backend: String, Sendable, Hashable, CaseIterable {
    /// A worker behind the sandbox's fence.
    case process
    /// A worker without a fence.
    case plain
    /// A worker in a container.
    case docker
    /// No worker: an environment of the server's own program.
    case native
}

/// One way to start the worker of a version.
public struct Launch: Sendable, Hashable {
    public enum Program: Sendable, Hashable {
        /// A Python entry, `module:Class` or `folder/file.py:Class`, that `corral.worker` serves.
        case worker(String)
        /// Any program that speaks the worker protocol on standard input and output, with its arguments.
        case command([String])
        /// What the image itself starts.
        case image
        /// An environment of the server's own program, by its id; `precision` where the caller names none.
        case native(String, precision: String?)
    }

    public enum WorkerProtocol: Sendable, Hashable {
        case version1, version2
        /// The worker is asked.
        case auto
    }

    public enum Share: String, Sendable, Hashable, CaseIterable {
        /// Sessions are forked from one process that has loaded the environment.
        case zygote
        /// Every session has a process of its own.
        case none
    }

    /// When an image is fetched from its registry.
    public enum Pull: String, Sendable, Hashable, CaseIterable {
        case never, missing, always
    }

    public enum Network: String, Sendable, Hashable, CaseIterable {
        case none, host
    }

    public let backend: Backend
    public let program: Program
    /// The image of a `docker` launch; nil for all others.
    public let image: String?
    public let pull: Pull
    /// Of the containers of a `docker` launch, in the order of the manifest.
    public let labels: [Variable]
    /// By default version 2 for workers and `auto` for commands.
    public let workerProtocol: WorkerProtocol
    /// Given to the worker entry.
    public let config: JSONValue
    /// By default `zygote` for workers and `none` for commands.
    public let share: Share
    /// How many sessions of a tenant one process may hold; 1: each has its own.
    public let sessionsPerWorker: Int
    /// Requirements of pip.
    public let requirements: [String]
    /// The file below the folder of the manifest that fixes all requirements with their hashes; nil where there is none.
    public let lock: String?
    /// In the order of the manifest.
    public let environment: [Variable]
    public let volumes: [Volume]
    public let network: Network

    public struct Variable: Sendable, Hashable {
        public let name: String
        public let value: String
    }
}

/// A folder or file of the host that the worker sees: `HOST:/PATH[:ro|rw]`.
public struct Volume: Sendable, Hashable, CustomStringConvertible {
    /// As it was written: absolute, from `~/`, or relative to the folder of the manifest.
    public let host: String
    /// Absolute, not the root, without `.` and `..`.
    public let target: String
    public let isWritable: Bool

    /// Reads the text form; nil where it is none. Without `:rw` the worker can only read.
    public init?(_ text: some StringProtocol) {
        let parts = String(text).split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), !parts[0].isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
        else {
            return nil
        }
        let mode = parts.count == 3 ? parts[2] : "ro"
        let names = parts[1].split(separator: "/", omittingEmptySubsequences: false)
        guard mode == "ro" || mode == "rw", names.count > 1, names[0].isEmpty,
            names.dropFirst().allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else { return nil }
        host = String(parts[0])
        target = String(parts[1])
        isWritable = mode == "rw"
    }

    public var description: String { "\(host):\(target):\(isWritable ? "rw" : "ro")" }
}
