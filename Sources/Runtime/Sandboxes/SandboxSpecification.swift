import Foundations

/// One sandbox to start: a command, what it sees, and what it may use.
public struct SandboxSpecification: Sendable {
    public enum Network: String, Sendable { case none, host }

    /// Names the sandbox on this server: 1 to 64 of `A-Za-z0-9_-`.
    public var name: String
    /// The program, by its absolute path inside, and its arguments.
    public var command: [String]
    /// All of the command's environment.
    public var environment: [String: String]
    /// The working directory, inside.
    public var directory: String
    public var mounts: [SandboxMount]
    /// Of everything in the sandbox together.
    public var limits: SandboxLimits
    public var network: Network
    /// Whether 127.0.0.1 works inside; only for sandboxes of one session, since sessions would meet there.
    public var loopback: Bool
    /// Whether it holds many sessions, each behind a fence of its own.
    public var isShared: Bool
    /// What a container is made of; nil for sandboxes that are none.
    public var image: SandboxImage?

    public init(
        name: String, command: [String], environment: [String: String] = [:], directory: String = "/",
        mounts: [SandboxMount] = [], limits: SandboxLimits = SandboxLimits(), network: Network = .none,
        loopback: Bool = false, isShared: Bool = false, image: SandboxImage? = nil
    ) {
        self.name = name
        self.command = command
        self.environment = environment
        self.directory = directory
        self.mounts = mounts
        self.limits = limits
        self.network = network
        self.loopback = loopback
        self.isShared = isShared
        self.image = image
    }

    /// - Throws: `invalidArgument` naming what cannot be.
    func validate() throws(Failure) {
        try validateName(name, "sandbox")
        try limits.validate()
        guard image != nil || command.first?.hasPrefix("/") == true else {
            throw Failure(.invalidArgument, "the command of a sandbox is no absolute path")
        }
        guard !(loopback && isShared), !(loopback && network == .host) else {
            throw Failure(.invalidArgument, "loopback belongs to a sandbox of one session with a network of its own")
        }
    }
}

/// The descriptors of a command; they stay the caller's and must stay open until `start` has returned.
public struct SandboxDescriptors: Sendable {
    public var input: CInt
    public var output: CInt
    public var errors: CInt
    /// Descriptor 3 of the command: a zygote's control socket.
    public var control: CInt?

    public init(input: CInt, output: CInt, errors: CInt, control: CInt? = nil) {
        self.input = input
        self.output = output
        self.errors = errors
        self.control = control
    }
}

/// - Throws: `invalidArgument` unless `name` is 1 to 64 of `A-Za-z0-9_-`.
func validateName(_ name: String, _ what: String) throws(Failure) {
    let isFine = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
    guard isFine, (1...64).contains(name.utf8.count) else {
        throw Failure(.invalidArgument, "the name of a \(what) is 1 to 64 letters, digits, _ and -")
    }
}

/// - Throws: `invalidArgument` unless both are names.
func validateScratch(_ name: String, in family: String?) throws(Failure) {
    try validateName(name, "scratch folder")
    if let family { try validateName(family, "family of scratch folders") }
}

func scratchPath(_ name: String, in family: String?, below folder: String) -> String {
    folder + "/" + (family.map { $0 + "/" } ?? "") + name
}
