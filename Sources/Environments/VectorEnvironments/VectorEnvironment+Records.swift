import Foundations

/// Records of rows: copies of all that decides a row's future, for saving, restoring and forking.
extension VectorEnvironment {
    /// The fields of a record: those of the kernel, then `phase` (0 running, 1 ended, 2 never reset).
    public var recordFields: [ArrayField] { layout.state + [ArrayField("phase", .uint8)] }

    /// Bytes of one record.
    public var recordBytes: Int { layout.stateBytes + 1 }

    /// Writes the records of rows one after the other.
    ///
    /// - Parameter records: `rows.count * recordBytes` bytes.
    /// - Throws: `invalidArgument` for a row that does not exist.
    public func readRecords(of rows: some Collection<Int>, into records: UnsafeMutableRawPointer) throws(Failure) {
        try alone { () throws(Failure) in
            try check(rows)
            for (place, row) in rows.enumerated() { read(row, into: records + place * recordBytes) }
        }
    }

    /// Makes rows what records say, in order.
    ///
    /// - Throws: `invalidArgument` for a row that does not exist or a record that no row can have. Rows before that one
    ///   are written.
    public func writeRecords(of rows: some Collection<Int>, from records: UnsafeRawPointer) throws(Failure) {
        try alone { () throws(Failure) in
            try check(rows)
            for (place, row) in rows.enumerated() { try write(row, from: records + place * recordBytes) }
        }
    }

    /// Makes each of `targets` a copy of a row, random numbers included.
    ///
    /// - Parameter seeds: One for each target whose random numbers start anew; empty to copy them.
    public func fork(row: Int, to targets: some Collection<Int>, seeds: [UInt64] = []) throws(Failure) {
        guard seeds.isEmpty || seeds.count == targets.count else {
            throw Failure(.invalidArgument, "\(seeds.count) seeds for \(targets.count) forks")
        }
        try alone { () throws(Failure) in
            try check([row])
            try check(targets)
            let record = UnsafeMutableRawPointer.allocate(byteCount: recordBytes, alignment: 8)
            defer { record.deallocate() }
            read(row, into: record)
            for (place, target) in targets.enumerated() {
                try write(target, from: record)
                if !seeds.isEmpty { kernel.seed(row: target, with: seeds[place]) }
            }
        }
    }

    /// Starts the random numbers of all rows anew, those of row *i* from `seed + i`; nothing else changes.
    ///
    /// - Throws: `busy` during another call.
    public func reseed(_ seed: UInt64) throws(Failure) {
        try alone { () throws(Failure) in
            for row in 0..<count { kernel.seed(row: row, with: seed &+ UInt64(row)) }
        }
    }

    /// All records of all rows.
    public func snapshot() throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count * recordBytes)
        try bytes.withUnsafeMutableBufferPointer { (raw) throws(Failure) in
            if let start = raw.baseAddress { try readRecords(of: 0..<count, into: start) }
        }
        return bytes
    }

    /// Goes back to a snapshot of a vector of the same environment, configuration and count.
    ///
    /// - Throws: `invalidArgument` where it is of another size or not sound.
    public func restore(_ snapshot: [UInt8]) throws(Failure) {
        guard snapshot.count == count * recordBytes else {
            throw Failure(
                .invalidArgument,
                "a snapshot of \(count) rows has \(count * recordBytes) bytes, not \(snapshot.count)",
                next: "restore it into a vector environment of the same environment and count")
        }
        try snapshot.withUnsafeBufferPointer { (raw) throws(Failure) in
            if let start = raw.baseAddress { try writeRecords(of: 0..<count, from: start) }
        }
    }

    /// Other rows with the same futures: what these do from now on does not touch those.
    ///
    /// - Throws: `busy` during another call.
    public func copy() throws(Failure) -> VectorEnvironment {
        let other = VectorEnvironment(
            kernel.another(count: count), autoreset: autoreset, threads: threadCount, renderer: renderer)
        try other.restore(try snapshot())
        return other
    }

    /// Writes the observations and info of all rows as they are now; for a fresh look after `restore` or `fork`.
    public func observe(into buffers: StepBuffers) throws(Failure) {
        try alone { () throws(Failure) in
            for row in 0..<count { kernel.observe(row: row, into: buffers) }
        }
    }

    private func check(_ rows: some Collection<Int>) throws(Failure) {
        guard let row = rows.first(where: { $0 < 0 || $0 >= count }) else { return }
        throw Failure(.invalidArgument, "there is no row \(row)", next: "rows are 0 to \(count - 1)")
    }

    private func read(_ row: Int, into record: UnsafeMutableRawPointer) {
        kernel.readState(row: row, into: record)
        record.storeBytes(of: phases[row], toByteOffset: layout.stateBytes, as: UInt8.self)
    }

    private func write(_ row: Int, from record: UnsafeRawPointer) throws(Failure) {
        let phase = record.load(fromByteOffset: layout.stateBytes, as: UInt8.self)
        guard phase <= Phase.neverReset else {
            throw Failure(.invalidArgument, "\(phase) is no phase of a row", next: "0 running, 1 ended, 2 never reset")
        }
        try kernel.writeState(row: row, from: record)
        if phases[row] == Phase.neverReset { idle -= 1 }
        if phase == Phase.neverReset { idle += 1 }
        phases[row] = phase
    }
}
