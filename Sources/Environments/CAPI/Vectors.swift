import CorralABI
import Foundations
import JSON
import VectorEnvironments

@c(corral_vector_make)
public func corralVectorMake(
    _ id: UnsafePointer<CChar>?, _ count: Int64, _ settings: UnsafePointer<CChar>?,
    _ handle: UnsafeMutablePointer<UInt64>?
) -> Int32 {
    handle?.pointee = 0
    return status { () throws(Failure) in
        guard let id = string(id), let handle else { throw Failure(.invalidArgument, "id or vector is null") }
        let registry = try Library.registry()
        let settings = try VectorSettings(try object(settings, "settings"))
        let configuration = try registry.configuration(id, overrides: settings.overrides)
        let simulator =
            if let simulator = settings.simulator { simulator } else { try registry.findAvailableSimulator(id) }
        let environment = try registry.make(
            id, simulator: simulator, overrides: settings.overrides, count: Int(count), autoreset: settings.autoreset,
            threads: settings.threads)
        let vector = OpenVector(
            environment, name: id, simulator: simulator, configuration: try configuration.json(),
            maxEpisodeSteps: configuration.maxEpisodeSteps,
            batches: try settings.batch.map { (batch) throws(Failure) in try RowBatches(environment, batch: batch) })
        handle.pointee = try Library.table.withLock { (table) throws(Failure) in try table.insert(vector) }
    }
}

@c(corral_vector_describe)
public func corralVectorDescribe(
    _ handle: UInt64, _ out: UnsafeMutablePointer<CChar>?, _ capacity: Int64
) -> Int64 {
    text(out, capacity) { () throws(Failure) in
        let vector = try Library.vector(handle)
        var form = vector.environment.layoutJSON
        form["id"] = .string(vector.name)
        form["simulator"] = .string(vector.simulator.rawValue)
        form["batch"] = vector.batches.map { .integer(Int64($0.batch)) } ?? .null
        form["max_episode_steps"] = vector.maxEpisodeSteps.map { .integer(Int64($0)) } ?? .null
        form["configuration"] = vector.configuration
        return .object(form)
    }
}

@c(corral_vector_reset)
public func corralVectorReset(
    _ handle: UInt64, _ reset: UnsafePointer<corral_reset>?, _ buffers: UnsafePointer<corral_buffers>?
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        let buffers = try vector.sizes.buffers(buffers, rows: vector.environment.count)
        let request = try ResetRequest(reset?.pointee, count: vector.environment.count)
        try vector.resting().reset(
            seeds: request.seeds, mask: request.mask, options: request.options, into: buffers)
    }
}

@c(corral_vector_step)
public func corralVectorStep(
    _ handle: UInt64, _ actions: UnsafeRawPointer?, _ bytes: Int64, _ buffers: UnsafePointer<corral_buffers>?
) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        let buffers = try vector.sizes.buffers(buffers, rows: vector.environment.count)
        try vector.resting().step(actions: try vector.actions(actions, bytes), into: buffers)
    }
}

@c(corral_vector_observe)
public func corralVectorObserve(_ handle: UInt64, _ buffers: UnsafePointer<corral_buffers>?) -> Int32 {
    status { () throws(Failure) in
        let vector = try Library.vector(handle)
        try vector.resting().observe(into: try vector.sizes.buffers(buffers, rows: vector.environment.count))
    }
}

@c(corral_vector_close)
public func corralVectorClose(_ handle: UInt64) -> Int32 {
    status { () throws(Failure) in
        guard let vector = Library.table.withLock({ $0.remove(handle) }) else { throw Library.closed }
        vector.batches?.stop()
    }
}

extension OpenVector {
    /// - Parameter rows: Nil for all.
    func actions(_ actions: UnsafeRawPointer?, _ bytes: Int64, rows: Int? = nil) throws(Failure) -> UnsafeRawPointer {
        guard let actions else { throw Failure(.invalidArgument, "actions is null") }
        let expected = rows.map { $0 * environment.layout.action.bytes } ?? actionBytes
        guard bytes == Int64(expected) else {
            throw Failure(.invalidArgument, "actions has \(bytes) bytes, not \(expected)")
        }
        guard Int(bitPattern: actions) % environment.layout.action.dtype.size == 0 else {
            throw Failure(.invalidArgument, "actions is not aligned to its elements")
        }
        return actions
    }
}

/// A `corral_reset`, looked through.
struct ResetRequest {
    var seeds = Seeds.none
    var mask: UnsafePointer<UInt8>?
    var options = ResetOptions()

    init(_ raw: corral_reset?, count: Int) throws(Failure) {
        guard let raw else { return }
        guard raw.size == Int64(MemoryLayout<corral_reset>.size) else {
            throw Failure(
                .invalidArgument, "reset.size is \(raw.size), not \(MemoryLayout<corral_reset>.size)",
                next: "set it to sizeof(corral_reset)")
        }
        if raw.mask != nil || raw.seeded != nil, raw.mask_count != Int64(count) {
            throw Failure(.invalidArgument, "mask_count is \(raw.mask_count), not \(count)")
        }
        mask = raw.mask
        seeds = try Self.seeds(raw, count: count)
        for (name, value) in try object(raw.options, "options") {
            guard let number = value.double else {
                throw Failure(.invalidArgument, "the reset option \(name) is \(value.kindDescription), not a number")
            }
            options[name] = number
        }
    }

    private static func seeds(_ raw: corral_reset, count: Int) throws(Failure) -> Seeds {
        switch Int(raw.seeding) {
        case Int(CORRAL_SEED_NONE): return .none
        case Int(CORRAL_SEED_FROM):
            guard let seeds = raw.seeds, raw.seed_count == 1 else {
                throw Failure(.invalidArgument, "seeding CORRAL_SEED_FROM needs one seed, not \(raw.seed_count)")
            }
            return .from(seeds[0])
        case Int(CORRAL_SEED_EACH):
            guard let seeds = raw.seeds, raw.seed_count == Int64(count) else {
                throw Failure(.invalidArgument, "seeding CORRAL_SEED_EACH needs \(count) seeds, not \(raw.seed_count)")
            }
            return .each((0..<count).map { row in raw.seeded?[row] == 0 ? nil : seeds[row] })
        default: throw Failure(.invalidArgument, "there is no seeding \(raw.seeding)", next: "it is 0, 1 or 2")
        }
    }
}
